namespace Reranker.Tool.Bulk;

/// <summary>A line of a batch's file that is not empty.</summary>
/// <param name="Number">Its number in the file, from 1.</param>
/// <param name="Name">The name by which it is known in the file of results.</param>
/// <param name="Text">What stands there.</param>
internal sealed record BulkLineOfFile(long Number, string Name, string Text)
{
    /// <summary>The name of a line: the caller's, or else its number.</summary>
    public static string NameLine(string? id, long line) => id is null ? $"#{line}" : $"={id}";

    /// <summary>Whether it has no name of its own that a text can hold.</summary>
    public bool IsNamedByNumber => Name.StartsWith('#');
}
