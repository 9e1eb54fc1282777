using System.Text.RegularExpressions;

namespace Reranker.Tool.Hub;

/// <summary>A model of the hub: <c>ORG/NAME</c>, or <c>ORG/NAME@REVISION</c>.</summary>
/// <param name="Organization">The part before the slash.</param>
/// <param name="Name">The part behind it.</param>
/// <param name="Revision">Branch, tag or commit.</param>
internal sealed partial record HubReference(string Organization, string Name, string Revision = HubReference.DefaultRevision)
{
    /// <summary>The branch that is meant where none is named.</summary>
    public const string DefaultRevision = "main";

    private const int MaxPartLength = 96;

    /// <summary>The repository, as its page is called.</summary>
    public string Repository => $"{Organization}/{Name}";

    /// <summary>Reads <c>ORG/NAME</c> with or without <c>@REVISION</c>; null for any other text.</summary>
    public static HubReference? TryParse(string text)
    {
        var at = text.IndexOf('@', StringComparison.Ordinal);
        var (repository, revision) = at < 0 ? (text, DefaultRevision) : (text[..at], text[(at + 1)..]);
        return repository.Split('/') is [var organization, var name] && IsPart(organization) && IsPart(name) && IsRevision(revision)
            ? new HubReference(organization, name, revision)
            : null;
    }

    /// <summary>True for what may be a branch, a tag or a commit.</summary>
    public static bool IsRevision(string text)
        => RevisionPattern().IsMatch(text) && !text.Contains("..", StringComparison.Ordinal) && !text.Contains("//", StringComparison.Ordinal);

    public override string ToString() => Revision == DefaultRevision ? Repository : $"{Repository}@{Revision}";

    // The hub's own rule for names; two dashes part organization and name in the cache.
    private static bool IsPart(string text) => text.Length <= MaxPartLength
        && PartPattern().IsMatch(text)
        && !text.Contains("--", StringComparison.Ordinal)
        && !text.Contains("..", StringComparison.Ordinal);

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]*\z")]
    private static partial Regex PartPattern();

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._/-]{0,254}(?<!/)\z")]
    private static partial Regex RevisionPattern();
}
