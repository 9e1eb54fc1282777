using System.Runtime.InteropServices;
using Reranker.Inference.Models;
using Reranker.Onnx.Foreign;
using Reranker.Onnx.Graphs;
using Reranker.Onnx.Weights;
using Reranker.TestKit;
using Reranker.TestKit.Reference;

namespace Reranker.Tool.Drills.RealEncoder;

/// <summary>The real encoder as an embedder's ONNX folder, as one with a classifier behind it, and as a checkpoint of the same weights.</summary>
public sealed class MiniLmFolders : IDisposable
{
    private const string Pooled = "924";

    // What the pooler gives differs by hundredths from pair to pair, and logits should by more.
    private const float HeadDeviation = 1f;
    private const float HeadBias = 0.25f;

    private static readonly ModelShape Shape = new()
    {
        Layers = 6,
        Hidden = 384,
        Heads = 12,
        FeedForward = 1536,
        Vocabulary = 30_522,
        Positions = 512,
        LayerNormEpsilon = 1e-12f,
        FirstPosition = 0,
    };

    private readonly TempFolder _temp = new();
    private readonly float[] _head = CreateHead();

    public MiniLmFolders()
    {
        WriteCheckpoint();
        foreach (var folder in new[] { Embedder, Classifier })
        {
            Directory.CreateDirectory(folder);
            foreach (var file in new[] { "config.json", "tokenizer_config.json", MiniLmPackage.Vocabulary })
            {
                File.Copy(Path.Combine(Checkpoint, file), Path.Combine(folder, file));
            }
        }

        MiniLmPackage.Write(MiniLmPackage.Graph, EmbedderGraph);
        AddHead();
        WriteWeights();
    }

    /// <summary>The ONNX file as it was published, beside the configuration of a classifier.</summary>
    public string Embedder => _temp["embedder"];

    /// <summary>The same graph with a classifier behind its pooler.</summary>
    public string Classifier => _temp["classifier"];

    /// <summary>The weights of that by BERT's names, in safetensors.</summary>
    public string Checkpoint => _temp["checkpoint"];

    /// <summary>The graph with the classifier, for ONNX Runtime itself.</summary>
    public string ClassifierGraph => Path.Combine(Classifier, MiniLmPackage.Graph);

    /// <summary>Pieces of the vocabulary.</summary>
    public IReadOnlyList<string> Pieces => [.. File.ReadLines(Path.Combine(Checkpoint, MiniLmPackage.Vocabulary))];

    private string EmbedderGraph => Path.Combine(Embedder, MiniLmPackage.Graph);

    /// <summary>Path of a folder to make.</summary>
    public string this[string name] => _temp[name];

    public void Dispose() => _temp.Dispose();

    // No published classifier goes with this encoder: one of fixed random numbers looks at all that its pooler gives.
    private static float[] CreateHead()
    {
        var random = new Random(5);
        return [.. Enumerable.Range(0, Shape.Hidden).Select(_ => (float)(HeadDeviation * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())))];
    }

    private void WriteCheckpoint()
    {
        FamilyCheckpoints.WriteBert(Checkpoint, Shape, seed: 1, older: true);
        MiniLmPackage.Write(MiniLmPackage.Vocabulary, Path.Combine(Checkpoint, MiniLmPackage.Vocabulary));
    }

    private void AddHead()
    {
        var edit = new GraphEdit(ForeignGraph.Read(EmbedderGraph));
        edit.AddTensor(OnnxProto.EncodeInlineTensor("head/weight", OnnxType.Float, [Shape.Hidden, 1], MemoryMarshal.AsBytes(_head.AsSpan()).ToArray()));
        edit.AddTensor(OnnxProto.EncodeInlineTensor("head/bias", OnnxType.Float, [1], BitConverter.GetBytes(HeadBias)));
        edit.AddBehind(OnnxProto.EncodeNode("head/product", "MatMul", "", [Pooled, "head/weight"], ["head/product"], []));
        edit.AddBehind(OnnxProto.EncodeNode("head/sum", "Add", "", ["head/product", "head/bias"], ["logits"], []));
        edit.AddOutput(OnnxProto.EncodeValue("logits", OnnxType.Float, ["batch", "1"]));
        using var file = File.Create(ClassifierGraph);
        edit.Write(file);
    }

    // PyTorch's export keeps a matrix under a number, transposed; the bias behind its product has the name.
    private void WriteWeights()
    {
        var graph = new OnnxFile(EmbedderGraph);
        var products = graph.Nodes.Where(n => n.Operation == "MatMul").ToDictionary(n => n.Outputs[0]);
        var matrices = graph.Nodes.Where(n => n.Operation == "Add" && n.Inputs[0].EndsWith(".bias", StringComparison.Ordinal) && products.ContainsKey(n.Inputs[1]))
            .ToDictionary(n => n.Inputs[0].Replace(".bias", ".weight", StringComparison.Ordinal), n => Transpose(graph.Initializers[products[n.Inputs[1]].Inputs[1]]));
        CheckpointEdit.Rewrite(Path.Combine(Checkpoint, "model.safetensors"), tensors =>
        {
            foreach (var name in tensors.Keys.ToList())
            {
                var own = name.StartsWith("bert.", StringComparison.Ordinal) ? name["bert.".Length..] : name;
                double[] values = name == "classifier.weight" ? [.. _head.Select(v => (double)v)]
                    : name == "classifier.bias" ? [HeadBias]
                    : matrices.TryGetValue(own, out var matrix) ? matrix
                    : graph.Initializers[own].Values;
                Assert.Equal(tensors[name].Length, values.Length);
                tensors[name] = Array.ConvertAll(values, v => (float)v);
            }
        });
    }

    private static double[] Transpose(OnnxFile.Tensor matrix)
    {
        var (rows, columns) = ((int)matrix.Dims[0], (int)matrix.Dims[1]);
        var turned = new double[matrix.Values.Length];
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                turned[(column * rows) + row] = matrix.Values[(row * columns) + column];
            }
        }

        return turned;
    }
}
