using System.Net;
using CsCheck;
using Reranker.Grains.Placement;

namespace Reranker.Grains.Tests.Placement;

public sealed class WorkerKeyTests
{
    [Fact]
    public void A_key_reads_back_as_it_was_written()
    {
        var key = new WorkerKey(SiloAddress.New(new IPEndPoint(IPAddress.Parse("10.0.0.7"), 11_111), 154_409_014), 3);

        Assert.True(WorkerKey.TryParse(key.ToString(), out var read));
        Assert.Equal(key, read);
        Assert.Equal("10.0.0.7:11111@154409014#3", key.ToString());
    }

    [Fact]
    public void No_text_makes_reading_throw()
        => Gen.String.Sample(text =>
        {
            if (WorkerKey.TryParse(text, out var key))
            {
                Assert.NotNull(key.Silo);
            }
        });
}
