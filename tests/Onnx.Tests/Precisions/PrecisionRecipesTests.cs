using Reranker.Inference.Models;
using Reranker.Onnx.Precisions;
using Reranker.TestKit.Reference;

namespace Reranker.Onnx.Tests.Precisions;

public sealed class PrecisionRecipesTests
{
    public static TheoryData<string> Names => [.. ModelPrecision.All.Select(p => p.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_precision_that_is_known_can_be_imported(string name)
        => Assert.Equal(name, PrecisionRecipes.Find(ModelPrecision.Parse(name)).Precision.Name);

    [Theory]
    [InlineData("fp32", "packed", "packed-standard", "packed-bias", "packed-fused")]
    [InlineData("fp16", "packed", "packed-standard", "packed-bias", "packed-fused")]
    [InlineData("int8")]
    [InlineData("int8-qdq")]
    public void Packed_forms_are_those_that_an_engine_runs(string name, params string[] forms)
    {
        var recipe = PrecisionRecipes.Find(ModelPrecision.Parse(name));

        Assert.Equal(forms, recipe.ListPackedForms(TinyCheckpoints.Shape(), measured: true).Select(f => f.Name));
        Assert.Equal(forms.Take(1), recipe.ListPackedForms(TinyCheckpoints.Shape(), measured: false).Select(f => f.Name));
    }

    [Fact]
    public void Only_a_precision_that_takes_ranges_over_a_run_has_one_pair_in_it()
        => Assert.Equal([ModelPrecision.Int8], ModelPrecision.All.Where(p => PrecisionRecipes.Find(p).OnePairPerRun));
}
