namespace Reranker.Onnx.Weights;

/// <summary>Where a tensor lies in the weights file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type.</param>
/// <param name="Dims">Its dimensions.</param>
/// <param name="Offset">Place of its first byte.</param>
/// <param name="File">The file, where it is not the graph's own.</param>
internal sealed record WeightEntry(string Name, OnnxType Type, long[] Dims, long Offset, string? File = null)
{
    /// <summary>Bytes of the tensor.</summary>
    public long Bytes => Dims.Aggregate((long)Type.GetElementSize(), (product, size) => product * size);
}

/// <summary>
/// The map of the weights file, which every graph form of a model shares: tensors one after another in the order they were
/// added. Query, key and value of a layer are three [hidden, hidden] blocks and not one [hidden, 3·hidden] matrix: the
/// packed form with separate projections was measured faster at lengths above 128, and both forms then point into the same
/// bytes.
/// </summary>
internal sealed class WeightsLayout
{
    // Runtimes map the file: a large tensor starts on a page, a small one on a cache line.
    private const int PageAlignment = 4096;
    private const int CacheLineAlignment = 64;

    private readonly Dictionary<string, WeightEntry> _byName = [];
    private readonly List<WeightEntry> _entries = [];

    /// <summary>The tensors in file order.</summary>
    public IReadOnlyList<WeightEntry> Entries => _entries;

    /// <summary>Size of the file.</summary>
    public long TotalBytes { get; private set; }

    /// <summary>A tensor by name.</summary>
    public WeightEntry this[string name] => _byName[name];

    /// <summary>True when it has a tensor of that name.</summary>
    public bool Contains(string name) => _byName.ContainsKey(name);

    /// <summary>Places a tensor behind the last one.</summary>
    public WeightEntry PlaceTensor(string name, OnnxType type, params long[] dims)
    {
        var entry = new WeightEntry(name, type, dims, TotalBytes);
        var alignment = entry.Bytes >= PageAlignment ? PageAlignment : CacheLineAlignment;
        entry = entry with { Offset = (TotalBytes + alignment - 1) / alignment * alignment };
        _byName.Add(name, entry);
        _entries.Add(entry);
        TotalBytes = entry.Offset + entry.Bytes;
        return entry;
    }

    /// <summary>Refers to a tensor that lies in another file; it takes no room in this one.</summary>
    public void AddForeign(WeightEntry entry, string file) => _byName.Add(entry.Name, entry with { File = file });

    /// <summary>Gives a part of a tensor a name of its own; it takes no room.</summary>
    /// <param name="name">The part's name.</param>
    /// <param name="whole">The tensor, of the same type.</param>
    /// <param name="first">Index of its first element.</param>
    /// <param name="dims">Its dimensions.</param>
    public void AddView(string name, WeightEntry whole, long first, params long[] dims)
        => _byName.Add(name, whole with { Name = name, Dims = dims, Offset = whole.Offset + (first * whole.Type.GetElementSize()) });
}
