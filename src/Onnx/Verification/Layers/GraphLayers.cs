using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Reranker.Inference.Engines.Onnx;
using Reranker.Inference.Graphs;
using Reranker.Inference.Models;
using Reranker.Inference.Tokenization.HuggingFace;
using Reranker.Onnx.Graphs;
using Reranker.Onnx.Quantization;

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
    // Where the graph shows what products read behind a static range, only the weights are rounded in a step.
    private static readonly Dictionary<string, double> StepTolerances = new()
    {
        [ModelPrecision.Fp8.Name] = 24,
        [ModelPrecision.Int8.Name] = 25,
        [ModelPrecision.Int8Qdq.Name] = 3,
    };

    private const double WeightsAloneTolerance = 25;

    private readonly ModelFolder _folder;
    private readonly InferenceSession _session;
    private readonly PairEncoder _encoder;

    private readonly string[] _shown;

    private GraphLayers(ModelFolder folder, InferenceSession session, IReadOnlyList<string> values, IReadOnlyList<string> rounded)
        => (_folder, _session, Values, _shown, _encoder) = (folder, session, values, [.. values, .. rounded], new PairEncoder(TextTokenizers.Load(folder.TokenizerPath)));

    public string Name => $"{_folder.Manifest.Name} {_folder.Manifest.Precision}";

    public IReadOnlyList<string> Values { get; }

    public double UsualTolerance => Tolerances.GetValueOrDefault(_folder.Manifest.Precision, QuantizedTolerance);

    public double? UsualStepTolerance => _shown.Length > Values.Count ? WeightsAloneTolerance
        : StepTolerances.TryGetValue(_folder.Manifest.Precision, out var tolerance) ? tolerance : null;

    // A static range is in no step where products are given what is behind it, and so much in one where they are not that the sum says more.
    public bool DoStepsTellAll => _folder.Manifest.Precision == ModelPrecision.Fp8.Name || _folder.Manifest.Precision == ModelPrecision.Int8.Name;

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

            var rounded = ListRounded(folder.Manifest);
            byte[] graph = [.. PlainFile.ReadBytes(path), .. OnnxProto.EncodeMoreOutputs(values.Where(v => v != LayerValues.Logits).Concat(rounded))];
            return new GraphLayers(folder, new InferenceSession(graph, options), values, rounded);
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
        using var results = _session.Run(options, [PaddedGraph.InputIds, PaddedGraph.AttentionMask], [idValue, maskValue], _shown);
        for (var i = 0; i < _shown.Length; i++)
        {
            see(_shown[i], ReadFloats(results[i]));
        }
    }

    public void Dispose() => _session.Dispose();

    // Of a smoothed model they are other numbers than the source's, as the values are that they were rounded from.
    private static string[] ListRounded(ModelManifest manifest)
        => manifest.Precision == ModelPrecision.Int8Qdq.Name && manifest.Quantization is { Smoothing: null } made
            ? [.. QuantizedLinears.ListInputs(manifest.Shape).Select(i => i.Value).Except(made.Kept).Select(QuantizedNames.NameRounded)]
            : [];

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
