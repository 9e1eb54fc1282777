namespace Reranker.Onnx.Verification.Layers;

/// <summary>A model whose values within can be seen.</summary>
internal interface ILayerSource : IDisposable
{
    /// <summary>What it is, for people.</summary>
    string Name { get; }

    /// <summary>The values that it can show, in the order in which a pair meets them.</summary>
    IReadOnlyList<string> Values { get; }

    /// <summary>Length of a value's last axis.</summary>
    int FindWidth(string value);

    /// <summary>Signal to noise, in dB, that each value must have against another form of the same model.</summary>
    double UsualTolerance { get; }

    /// <summary>The same of one step alone, worked out from the same numbers; null where nothing is rounded so far that steps say more than their sum.</summary>
    double? UsualStepTolerance { get; }

    /// <summary>True where what is wrong shows in a step, so that the sum of all rounding before it need not be judged.</summary>
    bool DoStepsTellAll { get; }

    /// <summary>A pair of texts in the model's own ids, cut to a length.</summary>
    int[] EncodePair(string query, string passage, int longest);

    /// <summary>Runs one pair.</summary>
    /// <param name="ids">Its ids.</param>
    /// <param name="see">Told every value, row after row.</param>
    void Run(int[] ids, Action<string, ReadOnlySpan<float>> see);
}
