using Reranker.Inference.Models;

namespace Reranker.Inference.Tests.Models;

public sealed class ModelPrecisionTests
{
    [Fact]
    public void A_precision_is_found_by_its_name_and_by_no_other()
    {
        Assert.All(ModelPrecision.All, p => Assert.Same(p, ModelPrecision.Find(p.Name)));
        Assert.Equal(ModelPrecision.All.Count, ModelPrecision.All.Select(p => p.Name).Distinct().Count());
        Assert.Null(ModelPrecision.Find("FP16"));
        Assert.Null(ModelPrecision.Find(null));
        Assert.Contains("int8-qdq", Assert.Throws<ArgumentException>(() => ModelPrecision.Parse("fp4")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fewer_digits_have_more_room()
    {
        float[] rooms = [.. new[] { ModelPrecision.Fp32, ModelPrecision.Fp16, ModelPrecision.Int8 }.Select(p => p.LogitTolerance)];
        Assert.Equal(rooms.Order(), rooms);
        Assert.True(rooms[0] > 0);
    }
}
