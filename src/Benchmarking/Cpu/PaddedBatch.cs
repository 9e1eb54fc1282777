using Microsoft.ML.OnnxRuntime;
using Reranker.Inference.Graphs;
using Reranker.Inference.Models;

namespace Reranker.Benchmarking.Cpu;

/// <summary>The usual way, to compare with: all pairs of a request in one run, padded to the longest.</summary>
internal sealed class PaddedBatch : IDisposable
{
    private readonly InferenceSession _session;

    public PaddedBatch(ModelFolder model, int threads)
    {
        var graph = model.FindGraphPath(GraphForms.Padded)
            ?? throw new ModelFolderException(model.Path, "has no padded graph");
        using var options = new SessionOptions { IntraOpNumThreads = threads };
        _session = new InferenceSession(graph, options);
    }

    public void RunRequest(CpuBenchmarkRequest request)
    {
        var longest = request.Lengths.Max();
        long[] shape = [request.Lengths.Length, longest];
        var ids = new long[request.Lengths.Length * longest];
        var mask = new long[ids.Length];
        ids.AsSpan().Fill(PairLayout.PadId);
        for (var i = 0; i < request.Lengths.Length; i++)
        {
            for (var j = 0; j < request.Lengths[i]; j++)
            {
                ids[(i * longest) + j] = request.Ids[request.Offsets[i] + j];
                mask[(i * longest) + j] = 1;
            }
        }

        using var run = new RunOptions();
        using var idsValue = OrtValue.CreateTensorValueFromMemory(ids, shape);
        using var maskValue = OrtValue.CreateTensorValueFromMemory(mask, shape);
        using var outputs = _session.Run(run, [GraphTensors.InputIds, GraphTensors.AttentionMask], [idsValue, maskValue], [GraphTensors.Logits]);
    }

    public void Dispose() => _session.Dispose();
}
