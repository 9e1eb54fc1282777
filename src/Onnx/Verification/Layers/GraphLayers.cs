using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Reranker.Inference.Engines.Onnx;
using Reranker.Inference.Graphs;
using Reranker.Inference.Models;
using Reranker.Inference.Tokenization.HuggingFace;
using Reranker.Onnx.Graphs;

namespace Reranker.Onnx.Verification.Layers;

/// <summary>
/// The padded graph of a model folder with its inner values as outputs. The file is as it was, with the names of more outputs
/// behind it: two parts of one message are one message with both.
/// </summary>
internal sealed class GraphLayers : ILayerSource
{
    // On a model of the bundled one's size the worst value of a sound conversion had 120 dB in FP32, 61 in FP16, 20 in FP8 and 9 in
    // INT8. Noise piles up, so that in eight bits a missing bias is above that too: it shows in its step.
    private static readonly Dictionary<string, double> Tolerances = new()
    {
        [ModelPrecision.Fp32.Name] = 80,
        [ModelPrecision.Fp16.Name] = 40,
        [ModelPrecision.Fp8.Name] = 12,
    };

    private const double QuantizedTolerance = 6;

    // The worst step of sound conversions of that source had 27.7 dB in FP8, whatever the method and with a planted outlier too, 30.6 in INT8 with
    // rows of their own, and from 5 in INT8 with static ranges, where a model's own outliers decide. A weight a tenth too large has 20, a missing bias less.
    private static readonly Dictionary<string, double> StepTolerances = new()
    {
        [ModelPrecision.Fp8.Name] = 24,
        [ModelPrecision.Int8.Name] = 25,
        [ModelPrecision.Int8Qdq.Name] = 3,
    };

    private readonly ModelFolder _folder;
    private readonly InferenceSession _session;
    private readonly PairEncoder _encoder;

    private GraphLayers(ModelFolder folder, InferenceSession session, IReadOnlyList<string> values)
        => (_folder, _session, Values, _encoder) = (folder, session, values, new PairEncoder(TextTokenizers.Load(folder.TokenizerPath)));

    public string Name => $"{_folder.Manifest.Name} {_folder.Manifest.Precision}";

    public IReadOnlyList<string> Values { get; }

    public double UsualTolerance => Tolerances.GetValueOrDefault(_folder.Manifest.Precision, QuantizedTolerance);

    public double? UsualStepTolerance => StepTolerances.TryGetValue(_folder.Manifest.Precision, out var tolerance) ? tolerance : null;

    // Of static ranges a step loses so much that the sum says more.
    public bool DoStepsTellAll => UsualStepTolerance > UsualTolerance;

    public int FindWidth(string value) => LayerValues.FindWidth(_folder.Manifest.Shape, value);

    /// <summary>Loads the graph of a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="device">GPU to run it on with ONNX Runtime's CUDA provider, or null for the CPU.</param>
    /// <exception cref="ModelFolderException">The folder has no such graph, or the runtime refuses it.</exception>
    public static GraphLayers Load(ModelFolder folder, int? device = null)
    {
        var shape = folder.Manifest.Shape;
        var path = folder.FindGraphPath(GraphForms.Padded)
            ?? throw new ModelFolderException(folder.Path, $"has no graph of the form '{GraphForms.Padded}', whose values could be seen");
        var hidden = folder.Manifest.Quantization?.Smoothing is null ? [] : LayerValues.ListSmoothed(shape).ToHashSet();
        var values = LayerValues.List(shape).Where(v => !hidden.Contains(v)).ToList();
        using var options = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        options.AddSessionConfigEntry("session.model_external_initializers_file_folder_path", folder.Path);
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        OnnxSessions.AskForExactProducts(options, path);
        try
        {
            if (device is { } gpu)
            {
                options.AppendExecutionProvider_CUDA(gpu);
            }

            byte[] graph = [.. PlainFile.ReadBytes(path), .. OnnxProto.EncodeMoreOutputs(values.Where(v => v != LayerValues.Logits))];
            return new GraphLayers(folder, new InferenceSession(graph, options), values);
        }
        catch (Exception e) when (e is OnnxRuntimeException or EntryPointNotFoundException)
        {
            throw new ModelFolderException(path, $"is refused by ONNX Runtime with its inner values as outputs ({e.Message})", e);
        }
    }

    public int[] EncodePair(string query, string passage, int longest)
        => _encoder.EncodePair(query, passage, Math.Min(longest, _folder.Manifest.MaxPairTokens));

    public void Run(int[] ids, Action<string, ReadOnlySpan<float>> see)
    {
        var wide = Array.ConvertAll(ids, id => (long)id);
        var mask = new long[ids.Length];
        Array.Fill(mask, 1);
        using var idValue = OrtValue.CreateTensorValueFromMemory(wide, [1, ids.Length]);
        using var maskValue = OrtValue.CreateTensorValueFromMemory(mask, [1, ids.Length]);
        using var options = new RunOptions();
        using var results = _session.Run(options, [PaddedGraph.InputIds, PaddedGraph.AttentionMask], [idValue, maskValue], Values);
        for (var i = 0; i < Values.Count; i++)
        {
            see(Values[i], ReadFloats(results[i]));
        }
    }

    public void Dispose() => _session.Dispose();

    private static ReadOnlySpan<float> ReadFloats(OrtValue value)
    {
        if (value.GetTensorTypeAndShape().ElementDataType == TensorElementType.Float)
        {
            return value.GetTensorDataAsSpan<float>();
        }

        var halves = value.GetTensorDataAsSpan<Float16>();
        var floats = new float[halves.Length];
        for (var i = 0; i < floats.Length; i++)
        {
            floats[i] = (float)halves[i];
        }

        return floats;
    }
}
