using System.Collections.Concurrent;
using Reranker.Inference.Engines.Gpu.Driver;

namespace Reranker.Inference.Engines.Cuda.Products;

/// <summary>Puts products on one stream. One thread at a time: runs on a stream follow one another.</summary>
/// <param name="handle">cuBLASLt's handle of the device.</param>
/// <param name="stream">The stream.</param>
/// <param name="workspace">Scratch memory of this stream alone.</param>
/// <param name="workspaceBytes">Its size.</param>
/// <param name="choices">The kernel of each product and size, shared by all streams of an engine.</param>
internal sealed class ProductLauncher(
    nint handle, nint stream, nint workspace, long workspaceBytes, ConcurrentDictionary<(MatrixProduct, int), KernelAlgorithm> choices) : IDisposable
{
    private const int Candidates = 12;
    private const int Repetitions = 4;

    private readonly Dictionary<MatrixProduct, PreparedProduct> _prepared = [];

    /// <summary>Multiplies with the kernel that is chosen for the size, or with cuBLASLt's own choice.</summary>
    public void Launch(MatrixProduct product, int rows, Operands operands)
    {
        var prepared = PrepareProduct(product, rows, operands);
        var size = ProductSizes.RoundUp(rows);
        if (choices.TryGetValue((product, size), out var chosen) && TryMultiply(prepared, operands, chosen))
        {
            return;
        }

        var first = new KernelAlgorithm[1];
        if (prepared.FindKernels(handle, workspaceBytes, first) == 0 || !TryMultiply(prepared, operands, first[0]))
        {
            throw new InvalidOperationException($"cuBLASLt has no kernel for {product} with {rows} rows.");
        }

        choices.TryAdd((product, size), first[0]);
    }

    /// <summary>Multiplies with a kernel of an earlier start; false when cuBLASLt has anything against it.</summary>
    public bool TryKernel(MatrixProduct product, int rows, Operands operands, KernelAlgorithm kernel)
    {
        try
        {
            return TryMultiply(PrepareProduct(product, rows, operands), operands, kernel);
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>Chooses the kernel of a size by measuring those that cuBLASLt proposes, on the operands of a real product.</summary>
    public void ChooseKernel(MatrixProduct product, int rows, Operands operands)
    {
        var size = ProductSizes.RoundUp(rows);
        var algorithms = new KernelAlgorithm[2 * Candidates];
        var prepared = PrepareProduct(product, rows, operands);
        var count = prepared.FindKernels(handle, workspaceBytes, algorithms.AsSpan(..Candidates));

        // What is proposed for a round number of rows is often faster, and takes the other numbers too.
        prepared = PrepareProduct(product, size, operands);
        count += prepared.FindKernels(handle, workspaceBytes, algorithms.AsSpan(count, Candidates));
        prepared = PrepareProduct(product, rows, operands);
        using var clock = new StreamClock();

        // A kernel that both lists have is measured once.
        count = KernelAlgorithm.MoveDistinctToFront(algorithms.AsSpan(..count));
        var best = FastestKernel.FindFastest(count, i => TryMultiply(prepared, operands, algorithms[i])
            ? clock.Measure(stream, () => RepeatProduct(prepared, operands, algorithms[i]))
            : float.PositiveInfinity);
        if (best >= 0)
        {
            choices[(product, size)] = algorithms[best];
        }
    }

    public void Dispose()
    {
        foreach (var prepared in _prepared.Values)
        {
            prepared.Dispose();
        }
    }

    private PreparedProduct PrepareProduct(MatrixProduct product, int rows, Operands operands)
    {
        if (!_prepared.TryGetValue(product, out var prepared))
        {
            _prepared[product] = prepared = new PreparedProduct(product);
        }

        prepared.SetOperands(rows, operands);
        return prepared;
    }

    private void RepeatProduct(PreparedProduct prepared, Operands operands, in KernelAlgorithm algorithm)
    {
        for (var i = 0; i < Repetitions; i++)
        {
            TryMultiply(prepared, operands, algorithm);
        }
    }

    private bool TryMultiply(PreparedProduct prepared, Operands operands, in KernelAlgorithm algorithm)
        => prepared.TryMultiply(handle, operands, algorithm, workspace, workspaceBytes, stream);
}
