namespace Reranker.Onnx.Graphs;

/// <summary>An attribute of a node: an integer, a float, a text, or a list of integers.</summary>
internal sealed record OnnxAttribute
{
    private OnnxAttribute(string name) => Name = name;

    public string Name { get; }

    public long? Integer { get; private init; }

    public float? Number { get; private init; }

    public string? Text { get; private init; }

    public long[]? Integers { get; private init; }

    public static OnnxAttribute Create(string name, long value) => new(name) { Integer = value };

    public static OnnxAttribute Create(string name, float value) => new(name) { Number = value };

    public static OnnxAttribute Create(string name, string value) => new(name) { Text = value };

    public static OnnxAttribute Create(string name, params long[] values) => new(name) { Integers = values };
}
