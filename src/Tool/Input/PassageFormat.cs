namespace Reranker.Tool.Input;

/// <summary>What the lines of an input are.</summary>
internal enum PassageFormat
{
    /// <summary>JSON lines where the first line is a JSON object, text where it is none.</summary>
    Auto,

    /// <summary>Each line is a passage.</summary>
    Text,

    /// <summary>Each line is a JSON object with a field <c>text</c>.</summary>
    Jsonl,
}
