using System.Text.Json.Nodes;
using Reranker.Inference.Models;
using Reranker.Onnx.Foreign;
using Reranker.Onnx.Graphs;
using Reranker.Onnx.HuggingFace;
using Reranker.Onnx.Import;
using Reranker.Onnx.Weights;
using Reranker.TestKit;
using Reranker.TestKit.Reference;

namespace Reranker.Onnx.Tests.Foreign;

/// <summary>What is in the way of taking a graph is named, before anything is written.</summary>
public sealed class ForeignRefusalTests : IDisposable
{
    private static readonly ModelShape Shape = TinyCheckpoints.Shape(layers: 1, heads: 2, headSize: 4, feedForward: 8, vocabulary: 270, positions: 40);

    private readonly TempFolder _temp = new();

    public static TheoryData<string> Cases => [.. Changes.Keys];

    private static Dictionary<string, (OptimumFolder Folder, string Reason)> Changes { get; } = new()
    {
        ["static axes"] = (new() { InputDims = ["1", "128"] },
            "has an input 'input_ids' with the shape [1, 128]; both axes, batch and sequence, must be free: export it with dynamic axes"),
        ["a static sequence"] = (new() { InputDims = ["batch", "128"] },
            "has an input 'input_ids' with the shape [free, 128]; both axes, batch and sequence, must be free: export it with dynamic axes"),
        ["another input"] = (new() { Change = e => e.AddInput(OnnxProto.EncodeValue("position_ids", OnnxType.Int64, ["batch", "sequence"])) },
            "asks for an input 'position_ids'; input_ids, attention_mask, token_type_ids are given"),
        ["past keys"] = (new() { Change = e => e.AddInput(OnnxProto.EncodeValue("past_key_values.0.key", OnnxType.Float, ["batch", "sequence"])) },
            "asks for 'past_key_values.0.key': it is a graph that generates text"),
        ["narrow ids"] = (new() { Change = e => e.AddInput(OnnxProto.EncodeValue("token_type_ids", OnnxType.Int32, ["batch", "sequence"])) },
            "has an input 'token_type_ids' of the type 6 of ONNX; INT64 (7) is given"),
        ["present keys"] = (new() { Change = e => e.AddOutput(OnnxProto.EncodeValue("present.0.key", OnnxType.Float, ["batch", "sequence"])) },
            "gives logits, present.0.key; 'logits' of a classifier is read, and no output of a graph that generates or embeds"),
        ["few bits"] = (new() { Change = e => e.AddBehind(OnnxProto.EncodeNode("n", "MatMulNBits", "com.microsoft", ["logits"], ["x"], [])) },
            "has nodes of MatMulNBits, whose weights have a few bits; fp32, fp16, and INT8 of dynamic or static scales are taken"),
        ["padding is read"] = (new() { Change = IgnoreMask }, "it does not leave out what attention_mask leaves out"),
        ["no number"] = (new() { Change = GiveNoNumber }, "gives no finite number for a pair of 9 tokens"),
        ["an unknown operator"] = (new() { Change = e => ReplaceLogits(e, "Abracadabra") }, "is refused by ONNX Runtime"),
    };

    public void Dispose() => _temp.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_graph_that_cannot_be_taken_says_why(string name)
    {
        var (folder, reason) = Changes[name];
        FamilyCheckpoints.WriteBert(_temp["checkpoint"], Shape, seed: 3);
        folder.Write(_temp["checkpoint"], _temp["optimum"]);

        Assert.Contains(reason, Refuse(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("vocab_size", "271", "has an embedding table 'roberta.embeddings.word_embeddings.weight' of 270 rows, and config.json says vocab_size 271")]
    [InlineData("max_position_embeddings", "100", "rows, and config.json says max_position_embeddings 100")]
    [InlineData("architectures", """["BertForCausalLM"]""", "architectures is [BertForCausalLM]; of other people's graphs those of a …ForSequenceClassification are taken, and not those that generate or embed")]
    [InlineData("is_decoder", "true", "is_decoder is set")]
    [InlineData("num_hidden_layers", "null", "num_hidden_layers")]
    public void A_configuration_that_is_another_models_is_refused(string member, string value, string reason)
    {
        FamilyCheckpoints.WriteBert(_temp["checkpoint"], Shape, seed: 3);
        new OptimumFolder().Write(_temp["checkpoint"], _temp["optimum"]);
        EditConfig(c => c[member] = JsonNode.Parse(value));

        Assert.Contains(reason, Refuse(), StringComparison.Ordinal);
    }

    [Fact]
    public void Labels_that_are_no_score_are_refused()
    {
        FamilyCheckpoints.WriteBert(_temp["checkpoint"], Shape, seed: 3);
        new OptimumFolder { Labels = 2 }.Write(_temp["checkpoint"], _temp["optimum"]);
        EditConfig(c => c["id2label"] = new JsonObject { ["0"] = "cats", ["1"] = "dogs" });
        Assert.Contains("the labels are [cats, dogs]", Refuse(), StringComparison.Ordinal);

        EditConfig(c => c["id2label"] = new JsonObject { ["0"] = "LABEL_0" });
        Assert.Contains("gives 2 labels, and config.json says 1", Refuse(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_tokenizer_with_more_ids_than_rows_and_a_missing_one_are_refused()
    {
        FamilyCheckpoints.WriteBert(_temp["checkpoint"], Shape, seed: 3);
        FamilyCheckpoints.WriteBert(_temp["larger"], Shape with { Vocabulary = 290 }, seed: 3);
        new OptimumFolder().Write(_temp["checkpoint"], _temp["optimum"]);
        File.Copy(_temp["larger/tokenizer.json"], _temp["optimum/tokenizer.json"], overwrite: true);
        Assert.Contains("gives ids up to 289; the embedding table has 270 rows", Refuse(), StringComparison.Ordinal);

        File.Delete(_temp["optimum/tokenizer.json"]);
        Assert.Contains("missing", Refuse(), StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_that_are_not_there_and_files_that_are_no_ONNX_are_refused()
    {
        FamilyCheckpoints.WriteBert(_temp["checkpoint"], Shape, seed: 3);
        new OptimumFolder { WeightsFile = "model.onnx_data" }.Write(_temp["checkpoint"], _temp["optimum"]);
        File.Delete(_temp["optimum/model.onnx_data"]);
        Assert.Contains("missing; model.onnx has its weights there", Refuse(), StringComparison.Ordinal);

        File.WriteAllText(_temp["optimum/model.onnx"], "this is no graph at all");
        Assert.Contains("is no ONNX file", Refuse(), StringComparison.Ordinal);
        File.WriteAllText(_temp["optimum/model.onnx"], "");
        Assert.Contains("is empty, or no regular file", Refuse(), StringComparison.Ordinal);
        File.WriteAllText(_temp["optimum/model.onnx"], "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n");
        Assert.Contains("git lfs pull", Refuse(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/etc/hostname", "keeps its weights in '/etc/hostname'; a plain file name beside it is read")]
    [InlineData("../outside.bin", "keeps its weights in '../outside.bin'; a plain file name beside it is read")]
    [InlineData("nothing.bin", "missing; model.onnx has its weights there")]
    public void A_constant_inside_a_node_has_its_values_where_weights_have_theirs(string location, string reason)
    {
        FamilyCheckpoints.WriteBert(_temp["checkpoint"], Shape, seed: 3);
        new OptimumFolder { Change = e => e.AddBehind(EncodeConstant(location)) }.Write(_temp["checkpoint"], _temp["optimum"]);
        File.WriteAllText(_temp["outside.bin"], "sixteen bytes...");
        Assert.Contains(reason, Refuse(), StringComparison.Ordinal);

        var constant = EncodeConstant(location);
        byte[] branch = [.. EncodeField(1, "then_branch"u8), .. EncodeField(6, EncodeField(1, constant))];
        new OptimumFolder { Change = e => e.AddBehind([.. EncodeField(4, "If"u8), .. EncodeField(5, branch)]) }.Write(_temp["checkpoint"], _temp["optimum"]);
        Assert.Contains(reason, Refuse(), StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_in_a_file_with_the_name_of_a_tokenizer_are_refused()
    {
        FamilyCheckpoints.WriteBert(_temp["checkpoint"], Shape, seed: 3);
        new OptimumFolder { WeightsFile = "sentencepiece.bpe.model" }.Write(_temp["checkpoint"], _temp["optimum"]);

        Assert.Contains("keeps its weights in 'sentencepiece.bpe.model'", Refuse(), StringComparison.Ordinal);
    }

    // The value, four numbers, is in another file.
    private static byte[] EncodeConstant(string location)
    {
        byte[] entry = [.. EncodeField(1, "location"u8), .. EncodeField(2, System.Text.Encoding.UTF8.GetBytes(location))];
        byte[] tensor = [8, 4, 16, 1, .. EncodeField(8, "values"u8), .. EncodeField(13, entry), 112, 1];
        byte[] attribute = [.. EncodeField(1, "value"u8), .. EncodeField(5, tensor), 160, 1, 4];
        return [.. EncodeField(2, "constant"u8), .. EncodeField(4, "Constant"u8), .. EncodeField(5, attribute)];
    }

    // Of a short message.
    private static byte[] EncodeField(int number, ReadOnlySpan<byte> content) => [(byte)((number << 3) | 2), (byte)content.Length, .. content];

    private static void IgnoreMask(GraphEdit edit)
    {
        edit.AddBefore(OnnxProto.EncodeNode("all", "Equal", "", ["input_ids", "input_ids"], ["all"], []));
        edit.AddBefore(OnnxProto.EncodeNode("ones", "Cast", "", ["all"], ["ones"], [OnnxAttribute.Create("to", (long)OnnxType.Int64)]));
        edit.Rename("attention_mask", "ones");
    }

    private static void GiveNoNumber(GraphEdit edit)
    {
        edit.Rename("logits", "one");
        edit.AddBehind(OnnxProto.EncodeNode("zero", "Sub", "", ["one", "one"], ["zero"], []));
        edit.AddBehind(OnnxProto.EncodeNode("none", "Div", "", ["zero", "zero"], ["logits"], []));
    }

    private static void ReplaceLogits(GraphEdit edit, string operation)
    {
        edit.Rename("logits", "one");
        edit.AddBehind(OnnxProto.EncodeNode("last", operation, "", ["one"], ["logits"], []));
    }

    private string Refuse()
    {
        var error = Assert.ThrowsAny<Exception>(() => OnnxImporter.Import(_temp["optimum"], null, _temp["model"], new ImportOptions(), null, TestContext.Current.CancellationToken));
        Assert.True(error is CheckpointException or ModelFolderException, error.ToString());
        Assert.False(Directory.Exists(_temp["model"]));
        return error.Message;
    }

    private void EditConfig(Action<JsonNode> edit)
    {
        var json = JsonNode.Parse(File.ReadAllText(_temp["optimum/config.json"]))!;
        edit(json);
        File.WriteAllText(_temp["optimum/config.json"], json.ToJsonString());
    }
}
