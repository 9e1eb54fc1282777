using System.Text.Json.Nodes;
using Google.Protobuf;
using Reranker.Inference.Models;
using Reranker.Onnx.Foreign;
using Reranker.Onnx.Graphs;
using Reranker.Onnx.Import;
using Reranker.Onnx.Weights;

namespace Reranker.TestKit.Reference;

/// <summary>What optimum makes of a checkpoint: an ONNX file with optimum's inputs and outputs, and the checkpoint's small files beside it.</summary>
public sealed record OptimumFolder
{
    /// <summary>Where the file is, relative to the folder.</summary>
    public string File { get; init; } = "model.onnx";

    /// <summary>File of the weights beside it; null for weights inside.</summary>
    public string? WeightsFile { get; init; }

    /// <summary>Whether segments are an input: of a BERT they are read, of others ignored.</summary>
    public bool HasTokenTypes { get; init; }

    /// <summary>Labels: 2 gives each pair's logit as the difference of two.</summary>
    public int Labels { get; init; } = 1;

    /// <summary>Precision of the graph.</summary>
    public ModelPrecision Precision { get; init; } = ModelPrecision.Fp32;

    /// <summary>Changes more of the graph.</summary>
    internal Action<GraphEdit>? Change { get; init; }

    /// <summary>Free dimensions of the inputs, by their names; a number is one that is not free.</summary>
    public string[] InputDims { get; init; } = ["batch_size", "sequence_length"];

    /// <summary>Writes it.</summary>
    /// <param name="checkpoint">A checkpoint of a family that is imported.</param>
    /// <param name="folder">Folder to make.</param>
    public void Write(string checkpoint, string folder)
    {
        using var temp = new TempFolder();
        CheckpointImporter.Import(checkpoint, temp["model"], new ImportOptions { Name = "tiny", Precision = Precision }, null, CancellationToken.None);
        var path = Path.Combine(folder, File);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        foreach (var file in Directory.EnumerateFiles(checkpoint).Where(f => !f.EndsWith(".safetensors", StringComparison.Ordinal)))
        {
            System.IO.File.Copy(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
        }

        if (Labels == 2)
        {
            var config = Path.Combine(folder, "config.json");
            var json = JsonNode.Parse(System.IO.File.ReadAllText(config))!;
            json["id2label"] = new JsonObject { ["0"] = "LABEL_0", ["1"] = "LABEL_1" };
            System.IO.File.WriteAllText(config, json.ToJsonString());
        }

        using var edited = new MemoryStream();
        CreateEdit(ForeignGraph.Read(temp["model/padded.onnx"])).Write(edited);
        System.IO.File.WriteAllBytes(path, MoveWeights(edited.ToArray(), temp["model"], Path.GetDirectoryName(path)!));
    }

    private GraphEdit CreateEdit(ForeignGraph graph)
    {
        var edit = new GraphEdit(graph);
        foreach (var name in new[] { "input_ids", "attention_mask" })
        {
            edit.DropInput(name);
            edit.AddInput(OnnxProto.EncodeValue(name, OnnxType.Int64, InputDims));
        }

        if (HasTokenTypes)
        {
            edit.AddInput(OnnxProto.EncodeValue("token_type_ids", OnnxType.Int64, InputDims));
            edit.RemoveNodeOf("segments/second");
            edit.Rename("segments/second", "token_type_ids");
        }

        if (Labels == 2)
        {
            edit.Rename("logits", "one");
            AddShare(edit, "less", -0.25f);
            AddShare(edit, "more", 0.75f);
            edit.AddBehind(OnnxProto.EncodeNode("both", "Concat", "", ["less", "more"], ["logits"], [OnnxAttribute.Create("axis", 1)]));
        }

        edit.AddOutput(OnnxProto.EncodeValue("logits", OnnxType.Float, ["batch_size", $"{Labels}"]));
        Change?.Invoke(edit);
        return edit;
    }

    private static void AddShare(GraphEdit edit, string name, float share)
    {
        edit.AddTensor(OnnxProto.EncodeInlineTensor($"{name}/share", OnnxType.Float, [], BitConverter.GetBytes(share)));
        edit.AddBehind(OnnxProto.EncodeNode(name, "Mul", "", ["one", $"{name}/share"], [name], []));
    }

    // Weights of this program's graphs are all in one file beside them.
    private byte[] MoveWeights(byte[] model, string from, string to)
    {
        using var weights = new MemoryStream();
        byte[] Move(ProtoField field)
        {
            var tensor = ForeignTensor.Read(field.Content);
            if (tensor.Location is null)
            {
                return field.Content.ToArray();
            }

            var entries = ProtoField.ReadAll(field.Content).Where(f => f.Number == 13).Select(f => ProtoField.ReadAll(f.Content).ToList()).ToDictionary(e => e[0].Text, e => e[1].Text);
            using var file = System.IO.File.OpenHandle(Path.Combine(from, tensor.Location));
            var data = new byte[long.Parse(entries["length"])];
            RandomAccess.Read(file, data, long.Parse(entries["offset"]));
            if (WeightsFile is null)
            {
                return OnnxProto.EncodeInlineTensor(tensor.Name, (OnnxType)tensor.Type, tensor.Dims, data);
            }

            var offset = weights.Position;
            weights.Write(data);
            return OnnxProto.EncodeExternalTensor(tensor.Name, (OnnxType)tensor.Type, tensor.Dims, WeightsFile, offset, data.Length);
        }

        var graph = ProtoField.ReadAll(model).Single(f => f.Number == ForeignGraph.GraphField);
        var moved = Encode(ProtoField.ReadAll(graph.Content).Select(f => (f, f.Number == ForeignGraph.TensorField ? Move(f) : null)));
        if (WeightsFile is not null)
        {
            System.IO.File.WriteAllBytes(Path.Combine(to, WeightsFile), weights.ToArray());
        }

        return Encode(ProtoField.ReadAll(model).Select(f => (f, f.Number == ForeignGraph.GraphField ? moved : null)));
    }

    private static byte[] Encode(IEnumerable<(ProtoField Field, byte[]? Other)> fields)
    {
        using var memory = new MemoryStream();
        foreach (var (field, other) in fields)
        {
            if (other is null)
            {
                memory.Write(field.Whole.Span);
                continue;
            }

            using var writer = new CodedOutputStream(memory, leaveOpen: true);
            writer.WriteTag(field.Number, WireFormat.WireType.LengthDelimited);
            writer.WriteBytes(ByteString.CopyFrom(other));
        }

        return memory.ToArray();
    }
}
