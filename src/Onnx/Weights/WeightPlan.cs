namespace Reranker.Onnx.Weights;

/// <summary>Writes the values of one tensor, in order and in bounded blocks.</summary>
internal delegate void WeightSource(WeightsFileWriter writer);

/// <summary>The layout of a weights file together with where each tensor's values come from.</summary>
/// <param name="shared">Tensors of a file that other precisions read too, and that this one does not repeat; null for none.</param>
internal sealed class WeightPlan(SharedWeights? shared = null)
{
    private readonly List<WeightSource> _sources = [];

    /// <summary>Places of the tensors.</summary>
    public WeightsLayout Layout { get; } = new();

    /// <summary>True when some of the tensors lie in the shared file.</summary>
    public bool UsesShared { get; private set; }

    /// <summary>
    /// Adds a tensor behind the last one, unless the shared file has it: what that has of a name and a type comes from the
    /// checkpoint alone.
    /// </summary>
    public void AddTensor(string name, OnnxType type, long[] dims, WeightSource source)
    {
        if (shared?.Find(name, type) is { } entry)
        {
            UsesShared = true;
            Layout.AddForeign(entry, SharedWeights.FileName);
            return;
        }

        Layout.PlaceTensor(name, type, dims);
        _sources.Add(source);
    }

    /// <summary>Writes the file.</summary>
    /// <returns>SHA-256 of the file, lower-case hexadecimal.</returns>
    public string WriteFile(string path, IProgress<ImportProgress>? progress, CancellationToken cancellationToken)
    {
        using var writer = new WeightsFileWriter(path, Layout.TotalBytes, progress, cancellationToken);
        for (var i = 0; i < _sources.Count; i++)
        {
            writer.BeginTensor(Layout.Entries[i]);
            _sources[i](writer);
            writer.EndTensor();
        }

        return writer.FinishFile();
    }
}
