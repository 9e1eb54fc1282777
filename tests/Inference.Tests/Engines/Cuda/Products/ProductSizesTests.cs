using Reranker.Inference.Engines.Cuda.Products;

namespace Reranker.Inference.Tests.Engines.Cuda.Products;

public sealed class ProductSizesTests
{
    [Theory]
    [InlineData(1, 64)]
    [InlineData(64, 64)]
    [InlineData(65, 128)]
    [InlineData(1024, 1024)]
    [InlineData(1025, 1536)]
    [InlineData(8192, 8192)]
    public void A_product_uses_the_kernel_of_the_next_size(int rows, int size) => Assert.Equal(size, ProductSizes.RoundUp(rows));

    [Theory]
    [InlineData(8192)]
    [InlineData(8000)]
    [InlineData(1536)]
    [InlineData(1024)]
    [InlineData(100)]
    public void Every_number_of_rows_above_the_untimed_ones_has_a_timed_size(int most)
    {
        var timed = ProductSizes.ListTimed(most).ToList();

        var needed = Enumerable.Range(1, most).Where(n => n > ProductSizes.Untimed).Select(ProductSizes.RoundUp).Distinct();
        Assert.Equal(needed, timed);
    }
}
