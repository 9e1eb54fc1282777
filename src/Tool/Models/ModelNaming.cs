using Reranker.Tool.Catalog;
using Reranker.Tool.Hub;
using Reranker.Tool.Input;

namespace Reranker.Tool.Models;

/// <summary>What a person means who names a model: a folder here, or a model of the hub.</summary>
internal static class ModelNaming
{
    /// <summary>
    /// Reads a name. What is written as a path is one; of what could be either, a folder that is there comes before the hub.
    /// </summary>
    /// <param name="text">The name.</param>
    /// <param name="tell">Receives a sentence where it could have been meant otherwise.</param>
    /// <param name="exists">Whether there is a folder; that of this machine where it is null.</param>
    /// <exception cref="InputException">It is neither.</exception>
    public static NamedModel Parse(string text, Action<string> tell, Func<string, bool>? exists = null)
    {
        var hub = FindHubModel(text);
        if (IsWrittenAsPath(text) || (exists ?? Directory.Exists)(text))
        {
            if (hub is not null && !IsWrittenAsPath(text))
            {
                tell($"{text} is a folder here, and {hub} of the hub is not meant");
            }

            return new NamedModel(Path.GetFullPath(text), null);
        }

        return hub is not null
            ? new NamedModel(null, hub)
            : throw new InputException($"{text} is no folder here, and no model of the hub is called so: {DescribeNames(text)}");
    }

    /// <summary>Reads the name of a model of the hub.</summary>
    /// <exception cref="InputException">No model can have it.</exception>
    public static HubReference ParseHubName(string text)
        => FindHubModel(text) ?? throw new InputException($"'{text}' is no name of a model of the hub: {DescribeNames(text)}");

    /// <summary>The model of the hub that a name or an alias stands for; null for what is none.</summary>
    public static HubReference? FindHubModel(string text)
    {
        var at = text.IndexOf('@', StringComparison.Ordinal);
        var name = at < 0 ? text : text[..at];
        return HubReference.TryParse(KnownModels.BuiltIn.Find(name) is { } known ? known.Repository + text[name.Length..] : text);
    }

    private static bool IsWrittenAsPath(string text)
        => Path.IsPathRooted(text) || text is "." or ".."
            || text.StartsWith("./", StringComparison.Ordinal) || text.StartsWith("../", StringComparison.Ordinal)
            || text.EndsWith(Path.DirectorySeparatorChar)
            || text.Split('@')[0].Count(c => c == Path.DirectorySeparatorChar) > 1;

    private static string DescribeNames(string text) => KnownModels.BuiltIn.FindNearest(text) is { } near
        ? $"is {near} meant?"
        : "one has the form ORG/NAME or ORG/NAME@REVISION, or is listed by 'reranker models --known'";
}

/// <summary>A model by what it was named as; one of both is there.</summary>
/// <param name="Folder">Absolute path of a folder, which need not be there.</param>
/// <param name="Hub">A model of the hub.</param>
internal sealed record NamedModel(string? Folder, HubReference? Hub);
