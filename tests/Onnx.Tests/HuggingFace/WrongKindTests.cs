using System.Text.Json.Nodes;
using Reranker.Inference.Models;
using Reranker.Onnx.HuggingFace;
using Reranker.Onnx.Import;
using Reranker.Onnx.Quantization.Ranges;
using Reranker.TestKit;
using Reranker.TestKit.Reference;

namespace Reranker.Onnx.Tests.HuggingFace;

/// <summary>A value of another kind than the one that is read is refused by its place in the file.</summary>
public sealed class WrongKindTests : IDisposable
{
    private static readonly ModelShape Shape = TinyCheckpoints.Shape(layers: 1, heads: 2, headSize: 8, feedForward: 16, vocabulary: 270, positions: 40);

    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData("config.json", "hidden_size", "\"64\"", "is no valid configuration: hidden_size is a text; a whole number is read there")]
    [InlineData("config.json", "hidden_size", "64.5", "is no valid configuration: hidden_size is a number; a whole number is read there")]
    [InlineData("config.json", "is_decoder", "\"no\"", "is no valid configuration: is_decoder is a text; true or false is read there")]
    [InlineData("config.json", "architectures", "\"Bert\"", "is no valid configuration: architectures is a text; a list is read there")]
    [InlineData("config.json", "architectures", "[[1]]", "is no valid configuration: architectures[0] is a list; a text is read there")]
    [InlineData("config.json", "id2label", "{\"0\": 1, \"1\": 2}", "is no valid configuration: id2label.0 is a number; a text is read there")]
    [InlineData("config.json", "layer_norm_eps", "[]", "is no valid configuration: layer_norm_eps is a list; a number is read there")]
    [InlineData("tokenizer.json", "added_tokens.2.id", "\"2\"", "is no valid tokenizer.json: added_tokens[2].id is a text; a whole number is read there")]
    [InlineData("tokenizer.json", "added_tokens", "5", "is no valid tokenizer.json: added_tokens is a number; a list is read there")]
    [InlineData("tokenizer.json", "added_tokens.1", "[]", "is no valid tokenizer.json: added_tokens[1] is a list; an object is read there")]
    [InlineData("tokenizer.json", "normalizer", "\"none\"", "is no valid tokenizer.json: normalizer is a text; an object is read there")]
    [InlineData("tokenizer.json", "normalizer.lowercase", "1", "is no valid tokenizer.json: normalizer.lowercase is a number; true or false is read there")]
    [InlineData("tokenizer.json", "model.vocab.a", "\"five\"", "is no valid tokenizer.json: model.vocab.a is a text; a whole number is read there")]
    [InlineData("tokenizer.json", "model.max_input_chars_per_word", "{}", "is no valid tokenizer.json: model.max_input_chars_per_word is an object; a whole number is read there")]
    public void It_is_named_by_its_path(string file, string place, string value, string reason)
    {
        FamilyCheckpoints.WriteBert(_temp["checkpoint"], Shape, seed: 1);
        Set(Path.Combine(_temp["checkpoint"], file), place, value);

        var error = Assert.Throws<CheckpointException>(() => CheckpointImporter.Import(
            _temp["checkpoint"], _temp["model"], new ImportOptions { Name = "tiny" }, null, TestContext.Current.CancellationToken));

        Assert.Equal($"{Path.Combine(_temp["checkpoint"], file)}: {reason}", error.Message);
    }

    [Theory]
    [InlineData("shape.layers", "\"six\"", "is no valid manifest: shape.layers is of another kind than the one that is read there")]
    [InlineData("files.1.bytes", "[]", "is no valid manifest: files[1].bytes is of another kind than the one that is read there")]
    [InlineData("shape", "{}", "is no valid manifest: shape lacks 'layers', ")]
    public void A_manifest_is_refused_by_the_path_too(string place, string value, string reason)
    {
        FamilyCheckpoints.WriteBert(_temp["checkpoint"], Shape, seed: 1);
        CheckpointImporter.Import(_temp["checkpoint"], _temp["model"], new ImportOptions { Name = "tiny" }, null, TestContext.Current.CancellationToken);
        Set(_temp["model/manifest.json"], place, value);

        var error = Assert.Throws<ModelFolderException>(() => ModelFolder.Open(_temp["model"]));

        Assert.StartsWith($"{_temp["model/manifest.json"]}: {reason}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_vocabulary_of_older_files_is_refused_by_the_token()
    {
        FamilyCheckpoints.WriteRoberta(_temp["checkpoint"], Shape, seed: 1, older: true);
        Set(_temp["checkpoint/vocab.json"], "<s>", "\"0\"");

        var error = Assert.Throws<CheckpointException>(() => CheckpointImporter.Import(
            _temp["checkpoint"], _temp["model"], new ImportOptions { Name = "tiny" }, null, TestContext.Current.CancellationToken));

        Assert.Equal($"{_temp["checkpoint/vocab.json"]}: is no valid vocabulary: <s> is a text; a whole number is read there", error.Message);
    }

    [Fact]
    public void A_graph_that_others_made_has_its_labels_refused_by_the_path()
    {
        FamilyCheckpoints.WriteBert(_temp["checkpoint"], Shape, seed: 1);
        new OptimumFolder { Labels = 2 }.Write(_temp["checkpoint"], _temp["optimum"]);
        Set(_temp["optimum/config.json"], "id2label.1", "7");

        var error = Assert.Throws<CheckpointException>(() => OnnxImporter.Import(
            _temp["optimum"], null, _temp["model"], new ImportOptions { Name = "tiny" }, null, TestContext.Current.CancellationToken));

        Assert.EndsWith("config.json: is no valid configuration: id2label.1 is a number; a text is read there", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"query": "q", "documents": ["a", 5]}""", ": documents[1] is of another kind.")]
    [InlineData("""{"query": 5, "passage": "p"}""", ": query is of another kind.")]
    [InlineData("""{"query": "q", "secret": {"q": }""", "\"documents\".")]
    public void A_line_of_calibration_is_refused_by_the_member_and_tells_nothing_of_its_text(string line, string end)
    {
        var error = Assert.Throws<InvalidDataException>(() => CalibrationPairs.Parse(System.Text.Encoding.UTF8.GetBytes(line), "data.jsonl", most: 9));

        Assert.StartsWith("data.jsonl: line 1 is no object with a \"query\"", error.Message, StringComparison.Ordinal);
        Assert.EndsWith(end, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    private static void Set(string path, string place, string value)
    {
        var root = JsonNode.Parse(File.ReadAllText(path))!;
        var parts = place.Split('.');
        var parent = parts[..^1].Aggregate(root, (node, part) => int.TryParse(part, out var index) && node is JsonArray list ? list[index]! : node[part]!);
        if (parent is JsonArray items)
        {
            items[int.Parse(parts[^1])] = JsonNode.Parse(value);
        }
        else
        {
            parent[parts[^1]] = JsonNode.Parse(value);
        }

        File.WriteAllText(path, root.ToJsonString());
    }
}
