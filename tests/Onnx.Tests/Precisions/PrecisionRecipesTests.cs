using Reranker.Inference.Models;
using Reranker.Onnx.Precisions;

namespace Reranker.Onnx.Tests.Precisions;

public sealed class PrecisionRecipesTests
{
    public static TheoryData<string> Names => [.. ModelPrecision.All.Select(p => p.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_precision_that_is_known_can_be_imported(string name)
        => Assert.Equal(name, PrecisionRecipes.Find(ModelPrecision.Parse(name)).Precision.Name);

    [Fact]
    public void Only_a_precision_that_takes_ranges_over_a_run_has_one_pair_in_it()
        => Assert.Equal([ModelPrecision.Int8], ModelPrecision.All.Where(p => PrecisionRecipes.Find(p).OnePairPerRun));
}
