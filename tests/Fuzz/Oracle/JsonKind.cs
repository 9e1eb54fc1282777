namespace Reranker.Fuzz.Oracle;

/// <summary>Type of a JSON value.</summary>
internal enum JsonKind
{
    Null,
    Boolean,
    Number,
    Text,
    List,
    Object,
}
