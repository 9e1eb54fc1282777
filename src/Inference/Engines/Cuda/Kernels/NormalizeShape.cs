using Reranker.Inference.Graphs;

namespace Reranker.Inference.Engines.Cuda.Kernels;

/// <summary>How rows are laid out over warps and blocks by the kernels that normalize them.</summary>
internal static class NormalizeShape
{
    /// <summary>Columns that a thread takes at once.</summary>
    public const int Piece = GraphOperators.ColumnStep;

    /// <summary>Rows that a block of a warp a row takes at once.</summary>
    public const int RowsOfBlock = 4;

    /// <summary>Threads of a block of a warp a row.</summary>
    public const int Threads = 128;

    /// <summary>Threads of a block that takes one long row.</summary>
    public const int LongThreads = 256;

    private const int WidthStep = 256;
    private const int MaxWidth = 1024;

    // More blocks a multiprocessor than it holds make the end of one row of blocks the begin of the next.
    private const int BlocksOfProcessor = 8;

    /// <summary>Most columns of each kernel that keeps a row in the registers of a warp.</summary>
    public static IReadOnlyList<int> Widths { get; } = [.. Enumerable.Range(1, MaxWidth / WidthStep).Select(i => i * WidthStep)];

    /// <summary>The one of <see cref="Widths"/> that takes so many columns; 0 when none does.</summary>
    public static int FindWidth(int columns) => Widths.FirstOrDefault(w => columns <= w);

    /// <summary>Blocks for so many rows.</summary>
    public static (int Blocks, int Threads) FindGrid(int rows, int columns, int processors) => FindWidth(columns) == 0
        ? (rows, LongThreads)
        : (Math.Min((rows + RowsOfBlock - 1) / RowsOfBlock, BlocksOfProcessor * processors), Threads);
}
