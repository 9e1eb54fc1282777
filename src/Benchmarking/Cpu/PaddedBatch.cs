using Microsoft.ML.OnnxRuntime;
using Reranker.Inference.Graphs;
using Reranker.Inference.Models;

namespace Reranker.Benchmarking.Cpu;

/// <summary>The usual ways, to compare with: all pairs of a request in one run padded to the longest, or sorted by length and in batches.</summary>
internal sealed class PaddedBatch : IDisposable
{
    private readonly InferenceSession _session;

    public PaddedBatch(ModelFolder model, int threads)
        : this(model.FindGraphPath(GraphForms.Padded) ?? throw new ModelFolderException(model.Path, "has no padded graph"), threads)
    {
    }

    public PaddedBatch(string graph, int threads)
    {
        using var options = new SessionOptions { IntraOpNumThreads = threads };
        _session = new InferenceSession(PlainFile.RequireContent(graph), options);
    }

    public void RunRequest(CpuBenchmarkRequest request) => RunPairs(request, [.. Enumerable.Range(0, request.Lengths.Length)]);

    public void RunSorted(CpuBenchmarkRequest request, int pairsAtOnce)
    {
        foreach (var batch in Enumerable.Range(0, request.Lengths.Length).OrderByDescending(i => request.Lengths[i]).Chunk(pairsAtOnce))
        {
            RunPairs(request, batch);
        }
    }

    public void Dispose() => _session.Dispose();

    private void RunPairs(CpuBenchmarkRequest request, int[] pairs)
    {
        var longest = pairs.Max(i => request.Lengths[i]);
        long[] shape = [pairs.Length, longest];
        var ids = new long[pairs.Length * longest];
        var mask = new long[ids.Length];
        ids.AsSpan().Fill(PairLayout.PadId);
        for (var row = 0; row < pairs.Length; row++)
        {
            for (var j = 0; j < request.Lengths[pairs[row]]; j++)
            {
                ids[(row * longest) + j] = request.Ids[request.Offsets[pairs[row]] + j];
                mask[(row * longest) + j] = 1;
            }
        }

        using var run = new RunOptions();
        using var idsValue = OrtValue.CreateTensorValueFromMemory(ids, shape);
        using var maskValue = OrtValue.CreateTensorValueFromMemory(mask, shape);
        using var outputs = _session.Run(run, [GraphTensors.InputIds, GraphTensors.AttentionMask], [idsValue, maskValue], [GraphTensors.Logits]);
    }
}
