namespace Reranker.Inference.Engines.Cuda.Kernels;

/// <summary>What a block of an attention kernel takes at once. The kernels are made for these sizes: kernels.cu has the same.</summary>
/// <param name="Rows">Rows of a tile.</param>
/// <param name="Threads">Threads of a block.</param>
/// <param name="SharedBytes">Shared memory of a block: the tile's queries, and the keys and values of several blocks of keys.</param>
internal readonly record struct AttentionTile(int Rows, int Threads, int SharedBytes)
{
    private const int HalfBytes = 2;
    private const int Keys = 64;
    private const int HopperHead = 64;

    /// <summary>The tiles of a kernel.</summary>
    /// <param name="isHopper">Whether the image is Hopper's own.</param>
    /// <param name="headSize">Size of a head.</param>
    /// <param name="isRotary">Whether the kernel turns rows.</param>
    public static AttentionTile FromKernel(bool isHopper, int headSize, bool isRotary) => (isHopper && headSize == HopperHead, isRotary) switch
    {
        (true, false) => Create(headSize, rows: 64, threads: 128, stages: 3),
        (true, true) => Create(headSize, rows: 128, threads: 256, stages: 3),
        _ => Create(headSize, rows: 128, threads: 256, stages: 2),
    };

    private static AttentionTile Create(int headSize, int rows, int threads, int stages)
        => new(rows, threads, headSize * HalfBytes * (rows + (2 * stages * Keys)));
}
