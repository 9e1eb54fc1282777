namespace Reranker.Onnx.Weights;

/// <summary>Writes the values of one tensor, in order and in bounded blocks.</summary>
internal delegate void WeightSource(WeightsFileWriter writer);

/// <summary>The layout of a weights file together with where each tensor's values come from.</summary>
internal sealed class WeightPlan
{
    private readonly List<WeightSource> _sources = [];

    /// <summary>Places of the tensors.</summary>
    public WeightsLayout Layout { get; } = new();

    /// <summary>Adds a tensor behind the last one.</summary>
    public void AddTensor(string name, OnnxType type, long[] dims, WeightSource source)
    {
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
