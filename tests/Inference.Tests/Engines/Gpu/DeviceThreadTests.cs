using Reranker.Inference.Engines.Gpu;

namespace Reranker.Inference.Tests.Engines.Gpu;

public sealed class DeviceThreadTests
{
    [Fact]
    public async Task Everything_runs_on_one_thread_one_after_another_whoever_asks()
    {
        using var thread = new DeviceThread("device");
        var threads = new HashSet<int>();
        var inside = 0;
        var count = 0;

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(
            () =>
            {
                for (var i = 0; i < 500; i++)
                {
                    thread.Run(() =>
                    {
                        Assert.Equal(1, ++inside);
                        threads.Add(Environment.CurrentManagedThreadId);
                        count++;
                        inside--;
                    }, isShort: i % 2 == 0);
                }
            }, TestContext.Current.CancellationToken)));

        Assert.Equal(4000, count);
        Assert.Single(threads);
    }

    [Fact]
    public void What_the_work_throws_is_thrown_to_its_caller_alone()
    {
        using var thread = new DeviceThread("device");

        var error = Assert.Throws<InvalidOperationException>(() => thread.Run(() => throw new InvalidOperationException("mine")));

        Assert.Equal("mine", error.Message);
        var ran = false;
        thread.Run(() => ran = true);
        Assert.True(ran);
    }

    [Fact]
    public void A_thread_that_ended_refuses_and_ends_once()
    {
        var thread = new DeviceThread("device");
        thread.Dispose();
        thread.Dispose();

        Assert.Throws<ObjectDisposedException>(() => thread.Run(() => { }));
    }
}
