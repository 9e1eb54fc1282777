using Reranker.Inference.Engines.Cuda.Products;
using Reranker.TestKit;

namespace Reranker.Inference.Tests.Engines.Cuda.Products;

public sealed class KeptKernelsTests : IDisposable
{
    private static readonly MatrixProduct Wide = new(Epilogue.BiasGelu, 1024, 4096);
    private static readonly MatrixProduct Narrow = new(Epilogue.Bias, 4096, 1024, ProductTypes.EightToHalf);

    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void Kernels_come_back_as_they_were_chosen()
    {
        KernelChoice[] chosen = [new(Wide, 1536, Kernel(1)), new(Wide, 2048, Kernel(ulong.MaxValue)), new(Narrow, 1536, Kernel(3))];

        KeptKernels.Save(_temp["kernels.json"], "key", chosen);
        var read = KeptKernels.TryLoad(_temp["kernels.json"], "key")!;

        Assert.Equal(chosen.Select(c => (c.Product, c.Size)), read.Select(c => (c.Product, c.Size)));
        Assert.Equal(chosen.Select(c => Cells(c.Algorithm)), read.Select(c => Cells(c.Algorithm)));
        Assert.Null(KeptKernels.TryLoad(_temp["kernels.json"], "other"));
        Assert.Null(KeptKernels.TryLoad(_temp["none.json"], "key"));
    }

    [Fact]
    public void A_file_of_which_any_character_was_changed_or_lost_gives_no_kernels()
    {
        var path = _temp["kernels.json"];
        KeptKernels.Save(path, "key", [new KernelChoice(Wide, 1536, Kernel(0x1234))]);
        var text = File.ReadAllText(path);
        var refused = 0;
        for (var at = 0; at < text.Length; at++)
        {
            if (char.IsWhiteSpace(text[at]))
            {
                continue;
            }

            File.WriteAllText(path, $"{text[..at]}{(text[at] == '1' ? '2' : '1')}{text[(at + 1)..]}");
            Assert.True(KeptKernels.TryLoad(path, "key") is null, File.ReadAllText(path));
            File.WriteAllText(path, text[..at]);
            Assert.Null(KeptKernels.TryLoad(path, "key"));
            refused++;
        }

        Assert.InRange(refused, 200, text.Length);
        File.WriteAllText(path, text);
        Assert.NotNull(KeptKernels.TryLoad(path, "key"));
    }

    [Fact]
    public void Every_kept_kernel_is_tried_once_on_no_more_rows_than_there_are()
    {
        var reuse = new KernelReuse([new(Wide, 1536, Kernel(1)), new(Wide, 2048, Kernel(2)), new(Narrow, 1536, Kernel(3))]);
        var tried = new List<(int Rows, ulong Kernel)>();
        bool TryMultiply(int rows, KernelAlgorithm kernel)
        {
            tried.Add((rows, Cells(kernel)[0]));
            return true;
        }

        // Of 24 layers the first one is enough; a product of few rows is not one that is chosen by measuring.
        reuse.TryKernels(Wide, 2000, TryMultiply);
        reuse.TryKernels(Wide, 2000, TryMultiply);
        reuse.TryKernels(Narrow, 2000, TryMultiply);
        reuse.TryKernels(new MatrixProduct(Epilogue.None, 8, 1), 16, TryMultiply);

        Assert.Equal([(1536, 1ul), (2000, 2ul), (1536, 3ul)], tried);
        Assert.True(reuse.HaveAllWorked);
    }

    [Fact]
    public void A_kernel_that_does_not_work_or_is_missing_refuses_all()
    {
        var one = new KernelReuse([new(Wide, 1536, Kernel(1)), new(Wide, 2048, Kernel(2))]);
        one.TryKernels(Wide, 4000, (rows, _) => rows != 1536);
        Assert.False(one.HaveAllWorked);

        var other = new KernelReuse([new(Wide, 1536, Kernel(1))]);
        other.TryKernels(Wide, 4000, static (_, _) => true);
        Assert.True(other.HaveAllWorked);
        other.TryKernels(Narrow, 4000, static (_, _) => true);
        Assert.False(other.HaveAllWorked);
    }

    [Fact]
    public void A_kernel_that_two_lists_have_is_measured_once()
    {
        KernelAlgorithm[] kernels = [Kernel(4), Kernel(2), Kernel(4), Kernel(3), Kernel(2)];

        Assert.Equal(3, KernelAlgorithm.MoveDistinctToFront(kernels));

        Assert.Equal([4ul, 2ul, 3ul], kernels[..3].Select(k => Cells(k)[0]));
        Assert.Equal(0, KernelAlgorithm.MoveDistinctToFront([]));
    }

    private static KernelAlgorithm Kernel(ulong first)
    {
        var kernel = default(KernelAlgorithm);
        kernel[0] = first;
        kernel[KernelAlgorithm.Cells - 1] = 7;
        return kernel;
    }

    private static ulong[] Cells(KernelAlgorithm kernel) => ((ReadOnlySpan<ulong>)kernel).ToArray();
}
