using System.Text.Json;
using Reranker.Inference.Models;

namespace Reranker.Onnx.HuggingFace;

/// <summary>Reads members of <c>config.json</c>, and refuses it with its path and the member's name.</summary>
internal readonly struct ConfigReader(string path, JsonElement root)
{
    /// <summary>The whole file.</summary>
    public JsonElement Root => root;

    /// <summary>Refuses the file unless a condition holds.</summary>
    public void Require(bool condition, string reason)
    {
        if (!condition)
        {
            throw new CheckpointException(path, reason);
        }
    }

    /// <summary>Refuses a text that is there and is another.</summary>
    public void RequireText(string name, string only)
    {
        var value = ReadText(name, only);
        Require(value == only, $"{name} is '{value}'; only '{only}' is imported");
    }

    /// <summary>Refuses a number that is there and is another.</summary>
    public void RequireInteger(string name, int only, string family)
    {
        var value = ReadInteger(name, only);
        Require(value == only, $"{name} is {value}; {family}'s is {only}");
    }

    /// <summary>Refuses what is no encoder.</summary>
    public void RequireEncoder()
    {
        Require(!IsTrue("is_decoder"), "is_decoder is set: tokens would not see what follows them");
        Require(!IsTrue("add_cross_attention"), "add_cross_attention is set: only encoders are imported");
    }

    /// <summary>A number that must be there.</summary>
    public int ReadPositive(string name, int most)
    {
        Require(root.TryGetProperty(name, out _), $"has no {name}");
        var value = ReadInteger(name, 0);
        Require(value > 0 && value <= most, $"{name} is {value}; it may be from 1 to {most}");
        return value;
    }

    /// <summary>True for a switch that is on.</summary>
    public bool IsTrue(string name) => root.TryGetMember(name, out var value) && value.ReadSwitch();

    /// <summary>A whole number.</summary>
    public int ReadInteger(string name, int missing) => root.TryGetMember(name, out var value) ? value.ReadInteger() : missing;

    /// <summary>A number.</summary>
    public double ReadNumber(string name, double missing) => root.TryGetMember(name, out var value) ? value.ReadNumber() : missing;

    /// <summary>A text.</summary>
    public string ReadText(string name, string missing) => root.TryGetMember(name, out var value) ? value.ReadText() : missing;

    /// <summary>
    /// Labels: transformers writes id2label, older tools num_labels; with neither a model has its default of two labels.
    /// </summary>
    public int CountLabels() => root.TryGetMember("id2label", out var map) ? map.ListMembers().Count() : ReadInteger("num_labels", 2);

    /// <summary>
    /// The shape of an encoder with a table of positions, by the names that the configurations of BERT and its kin have for its numbers.
    /// </summary>
    /// <param name="firstPosition">Row of the first token's position.</param>
    /// <param name="epsilon">The epsilon of the family's layer normalizations, where the file has none.</param>
    public ModelShape ReadShape(int firstPosition, double epsilon)
    {
        var shape = new ModelShape
        {
            Layers = ReadPositive("num_hidden_layers", ShapeLimits.MaxLayers),
            Hidden = ReadPositive("hidden_size", ShapeLimits.MaxHidden),
            Heads = ReadPositive("num_attention_heads", ShapeLimits.MaxHidden),
            FeedForward = ReadPositive("intermediate_size", ShapeLimits.MaxFeedForward),
            Vocabulary = ReadPositive("vocab_size", ShapeLimits.MaxVocabulary),
            Positions = ReadPositive("max_position_embeddings", ShapeLimits.MaxPositions),
            LayerNormEpsilon = (float)ReadNumber("layer_norm_eps", epsilon),
            FirstPosition = firstPosition == ModelShape.UsualFirstPosition ? null : firstPosition,
        };
        Require(shape.Hidden % shape.Heads == 0, $"hidden_size {shape.Hidden} is no multiple of num_attention_heads {shape.Heads}");
        Require(shape.MaxPositions >= PairLayout.MinPairTokens,
            $"max_position_embeddings {shape.Positions} leaves no room for a pair; positions begin at {firstPosition}");
        Require(shape.Vocabulary > 4, $"vocab_size {shape.Vocabulary} has no room beside the special tokens");
        Require(shape.LayerNormEpsilon is > 0 and < 1, "layer_norm_eps is not between 0 and 1");
        return shape;
    }
}
