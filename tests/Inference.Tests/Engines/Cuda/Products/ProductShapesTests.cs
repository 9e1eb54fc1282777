using Reranker.Inference.Engines.Cuda.Products;

namespace Reranker.Inference.Tests.Engines.Cuda.Products;

public sealed class ProductShapesTests
{
    [Fact]
    public void Matrices_in_FP8_have_rows_of_one_length_in_pieces_of_sixteen()
    {
        Assert.Equal((7, 384, 1536), ProductShapes.ReadTurned("P", [7, 384], [1536, 384]));
        Assert.Throws<InvalidOperationException>(() => ProductShapes.ReadTurned("P", [7, 384], [384, 1536]));
        Assert.Contains("not 24", Assert.Throws<InvalidOperationException>(() => ProductShapes.ReadTurned("P", [7, 24], [32, 24])).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => ProductShapes.ReadTurned("P", [7, 32], [24, 32]));
    }

    [Fact]
    public void A_bias_has_a_number_for_each_column()
    {
        ProductShapes.CheckBias("P", [48], 48);
        Assert.Throws<InvalidOperationException>(() => ProductShapes.CheckBias("P", [47], 48));
        Assert.Throws<InvalidOperationException>(() => ProductShapes.CheckBias("P", [48, 1], 48));
    }
}
