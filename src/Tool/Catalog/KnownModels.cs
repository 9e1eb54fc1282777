using System.Text.Json;
using System.Text.Json.Serialization;

namespace Reranker.Tool.Catalog;

/// <summary>The table of models that people ask for by their names, <c>known-models.json</c>.</summary>
internal sealed class KnownModels
{
    private static readonly JsonSerializerOptions Strict = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
    };

    private readonly Dictionary<string, KnownModel> _byName = new(StringComparer.OrdinalIgnoreCase);

    private KnownModels(IReadOnlyList<KnownModel> all)
    {
        All = all;
        foreach (var model in all)
        {
            foreach (var name in (IEnumerable<string>)[model.Repository, .. model.Aliases])
            {
                _byName.Add(name, model);
            }
        }
    }

    /// <summary>The table of this build.</summary>
    public static KnownModels BuiltIn { get; } = ReadBuiltIn();

    /// <summary>All of them.</summary>
    public IReadOnlyList<KnownModel> All { get; }

    /// <summary>Reads a table.</summary>
    public static KnownModels Parse(string json) => new(JsonSerializer.Deserialize<List<KnownModel>>(json, Strict) ?? []);

    /// <summary>A model by its name on the hub or by an alias, in any case; null when it is not known.</summary>
    public KnownModel? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The alias that is nearest to what somebody wrote; null when none is near.</summary>
    public string? FindNearest(string name)
    {
        var most = Math.Max(2, name.Length / 4);
        return _byName.Keys.Select(known => (known, Distance: CountEdits(name.ToUpperInvariant(), known.ToUpperInvariant())))
            .Where(k => k.Distance <= most).OrderBy(k => k.Distance).ThenBy(k => k.known, StringComparer.Ordinal).Select(k => k.known).FirstOrDefault();
    }

    private static KnownModels ReadBuiltIn()
    {
        using var stream = typeof(KnownModels).Assembly.GetManifestResourceStream("known-models.json")!;
        using var reader = new StreamReader(stream);
        return Parse(reader.ReadToEnd());
    }

    private static int CountEdits(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (one[i - 1] == other[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[^1];
    }
}
