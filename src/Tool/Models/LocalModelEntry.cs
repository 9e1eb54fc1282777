using System.Text.Json.Serialization;

namespace Reranker.Tool.Models;

/// <summary>A model on this machine.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">Name that requests use, or the one of the hub.</param>
/// <param name="Bytes">Bytes on the disk.</param>
/// <param name="Folder">Its folder.</param>
internal sealed record LocalModelEntry(LocalModelKind Kind, string Name, long Bytes, string Folder)
{
    /// <summary>The precisions of a model folder.</summary>
    public IReadOnlyList<LocalPrecision> Precisions { get; init; } = [];

    /// <summary>The revisions of a checkpoint, and whether all that an import needs is there.</summary>
    public IReadOnlyList<LocalRevision> Revisions { get; init; } = [];

    /// <summary>Why it is no model that this build reads; null for one that is.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Problem { get; init; }

    /// <summary>True when a process of this machine uses it.</summary>
    public bool IsInUse { get; init; }

    /// <summary>True when 'models remove' may remove it.</summary>
    [JsonIgnore]
    public bool IsRemovable => Kind is LocalModelKind.Imported or LocalModelKind.Checkpoint;
}

/// <summary>What a model on this machine is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<LocalModelKind>))]
internal enum LocalModelKind
{
    /// <summary>The one that comes with the program.</summary>
    Bundled,

    /// <summary>A model of the hub that was imported for this machine.</summary>
    Imported,

    /// <summary>A model folder that somebody made.</summary>
    Folder,

    /// <summary>What the hub's cache has of a model.</summary>
    Checkpoint,
}

/// <summary>A precision of a model folder.</summary>
/// <param name="Precision">Its name.</param>
/// <param name="Identity">Its identity.</param>
/// <param name="Gate">How it ranks beside FP32, as a sentence; null where nobody looked.</param>
/// <param name="HasPassedGate">Whether a server may choose it by itself; null where it needs no look.</param>
internal sealed record LocalPrecision(string Precision, string Identity, string? Gate, bool? HasPassedGate);

/// <summary>A revision of a checkpoint.</summary>
/// <param name="Revision">Branch or tag; the commit where it has no other name.</param>
/// <param name="Commit">Its commit.</param>
/// <param name="IsWhole">True when an import finds everything.</param>
internal sealed record LocalRevision(string Revision, string Commit, bool IsWhole);
