using Microsoft.Extensions.Time.Testing;
using Reranker.Client.Shards;
using Reranker.Requests;
using Reranker.TestKit.Clocks;

namespace Reranker.Client.Tests.Shards;

/// <summary>Three silos, and shard n belongs to silo n % 3; silo 0 misbehaves.</summary>
public sealed class ShardHealthTests
{
    private static readonly RerankerClientOptions Options = new();
    private readonly FakeTimeProvider _time = new SynchronizedTime();
    private readonly ShardHealth _health;
    private readonly ShardPicker _picker;

    public ShardHealthTests()
    {
        _health = new ShardHealth(_time, Options);
        _picker = new ShardPicker(new Random(1), _health);
        for (var shard = 0; shard < RerankShards.Count; shard++)
        {
            _health.NoteAnswer(shard, $"silo-{shard % 3}");
        }
    }

    [Fact]
    public void One_late_answer_keeps_requests_from_all_shards_of_its_silo()
    {
        _health.AvoidShard(0);

        Assert.All(Draw(300), shard => Assert.NotEqual(0, shard % 3));
    }

    [Fact]
    public void After_a_while_one_request_tries_the_silo_and_its_answer_opens_it_for_all()
    {
        _health.AvoidShard(0);
        _time.Advance(Options.AvoidTime);

        var first = Assert.Single(Draw(300), shard => shard % 3 == 0);
        _health.NoteAnswer(first, "silo-0");

        Assert.InRange(Draw(300).Count(shard => shard % 3 == 0), 50, 150);
    }

    [Fact]
    public void A_second_attempt_goes_to_another_silo_than_the_first()
    {
        for (var shard = 0; shard < 64; shard++)
        {
            Assert.NotEqual(shard % 3, _picker.DrawShard([shard]) % 3);
        }
    }

    [Fact]
    public void A_shard_that_moved_to_a_healthy_silo_is_used_again()
    {
        _health.AvoidShard(0);
        _health.NoteAnswer(3, "silo-9");

        Assert.True(_health.IsWorthTrying(3, []));
        Assert.False(_health.IsWorthTrying(6, []));
    }

    [Fact]
    public void Where_every_silo_is_avoided_requests_go_on()
    {
        foreach (var shard in Enumerable.Range(0, 3))
        {
            _health.AvoidShard(shard);
        }

        Assert.Equal(100, Draw(100).Length);
    }

    private int[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => _picker.DrawShard([]))];
}
