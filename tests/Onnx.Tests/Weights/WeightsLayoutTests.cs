using CsCheck;
using Reranker.Onnx.Weights;

namespace Reranker.Onnx.Tests.Weights;

public sealed class WeightsLayoutTests
{
    [Fact]
    public void Tensors_are_aligned_and_do_not_overlap() => Gen.Long[1, 5000].Array[1, 20].Sample(
        sizes =>
        {
            var layout = new WeightsLayout();
            for (var i = 0; i < sizes.Length; i++)
            {
                layout.PlaceTensor($"{i}", OnnxType.Float, sizes[i]);
            }

            long end = 0;
            foreach (var entry in layout.Entries)
            {
                Assert.True(entry.Offset >= end);
                Assert.Equal(0, entry.Offset % (entry.Bytes >= 4096 ? 4096 : 64));
                end = entry.Offset + entry.Bytes;
            }

            Assert.Equal(end, layout.TotalBytes);
        }, seed: "0001m4vAXYm3", iter: 200, threads: 1);
}
