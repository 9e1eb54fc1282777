using Reranker.Inference.Models;
using Reranker.Onnx.HuggingFace;
using Reranker.Onnx.Verification;

namespace Reranker.Onnx.Foreign;

/// <summary>What the file of a graph does not say and a run does: whether it gives numbers, and the same with neighbours as alone.</summary>
internal static class ForeignRun
{
    private const int ShortPair = 9;
    private const int LongPair = 40;
    private const int LongestRun = 512;
    private const int Seed = 7;

    /// <summary>Runs a graph.</summary>
    /// <param name="path">The padded form; its weights lie beside it.</param>
    /// <param name="source">The file that it was made of, for errors.</param>
    /// <param name="precision">Its precision.</param>
    /// <param name="vocabulary">Ids that it takes.</param>
    /// <param name="template">How a pair is put together.</param>
    /// <param name="maxPairTokens">Most tokens of a pair.</param>
    /// <param name="weightBytes">Size of the weights.</param>
    /// <exception cref="CheckpointException">It fails, gives no numbers, or reads its padding.</exception>
    public static void RequireScores(
        string path, string source, ModelPrecision precision, int vocabulary, PairTemplate template, int maxPairTokens, long weightBytes)
    {
        using var runner = Load(path, source);
        var random = new Random(Seed);
        int[] Create(int length) => ModelProbes.CreatePair(random, template, Math.Min(length, maxPairTokens), vocabulary);
        var (small, large) = (Create(ShortPair), Create(LongPair));
        var alone = Run(runner, source, [small])[0];
        var longest = weightBytes > GraphRunner.LargeModelBytes ? LongPair : LongestRun;
        Run(runner, source, [Create(longest)]);

        // A dynamic range is one of the whole run, so such models run one pair at a time.
        if (precision == ModelPrecision.Int8)
        {
            return;
        }

        var padded = Run(runner, source, [small, large])[0];
        if (Math.Abs(padded - alone) > precision.LogitTolerance)
        {
            throw new CheckpointException(
                source, $"gives {alone} for a pair alone and {padded} beside a longer one: it does not leave out what attention_mask leaves out");
        }
    }

    // The file is of a folder that is gone when the error is read.
    private static GraphRunner Load(string path, string source)
    {
        try
        {
            return StructuralCheck.LoadChecked(path);
        }
        catch (ModelFolderException e)
        {
            throw new CheckpointException(source, e.Reason, e);
        }
    }

    private static float[] Run(GraphRunner runner, string source, IReadOnlyList<int[]> pairs)
    {
        float[] logits;
        try
        {
            logits = runner.ScorePairs(pairs);
        }
        catch (Microsoft.ML.OnnxRuntime.OnnxRuntimeException e)
        {
            throw new CheckpointException(source, $"does not run with a pair of {pairs[^1].Length} tokens ({e.Message})", e);
        }

        if (logits.Length != pairs.Count)
        {
            throw new CheckpointException(source, $"gives {logits.Length} logits for {pairs.Count} pairs; {ForeignFiles.Config} says another number of labels");
        }

        return logits.All(float.IsFinite) ? logits : throw new CheckpointException(source, $"gives no finite number for a pair of {pairs[^1].Length} tokens");
    }
}
