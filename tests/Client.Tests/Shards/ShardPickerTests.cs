using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Reranker.Client.Shards;
using Reranker.Requests;
using Reranker.TestKit.Clocks;

namespace Reranker.Client.Tests.Shards;

/// <summary>The choice of keys over a picture of what Orleans' client does with them: a key stays with the silo it went to first, and new keys go round.</summary>
public sealed class ShardPickerTests
{
    private readonly FakeTimeProvider _time = new SynchronizedTime();
    private readonly RerankerClientOptions _options = new();
    private readonly ShardHealth _health;
    private readonly ShardPicker _picker;
    private readonly Dictionary<int, string> _sticky = [];
    private readonly List<string> _silos = ["a", "b", "c"];
    private int _round;

    public ShardPickerTests()
    {
        _health = new ShardHealth(_time, _options);
        _picker = new ShardPicker(new Random(5), _health);
    }

    [Fact]
    public void Shards_are_repeatable_in_range_and_never_one_that_was_tried() =>
        Gen.Int.Sample(seed =>
        {
            var (one, two) = (Create(seed), Create(seed));
            var tried = new List<int>();
            for (var i = 0; i < 32; i++)
            {
                var shard = one.DrawShard(tried);
                if (shard != two.DrawShard(tried) || tried.Contains(shard) || shard < 0 || shard >= RerankShards.Count)
                {
                    return false;
                }

                tried.Add(shard);
            }

            return true;
        });

    [Fact]
    public void Requests_spread_evenly_over_silos_and_over_several_keys_of_each()
    {
        Send(300);
        var shares = Send(3_000);

        Assert.All(_silos, silo => Assert.InRange(shares[silo], 800, 1_200));
        Assert.All(_silos, silo => Assert.True(_sticky.Values.Count(s => s == silo) >= 8));
    }

    [Fact]
    public void A_silo_that_does_not_answer_gets_nothing_until_its_time_is_over_and_it_has_answered()
    {
        Send(300);
        Avoid("b");
        Assert.False(Send(1_000).ContainsKey("b"));

        _time.Advance(_options.AvoidTime);
        Assert.InRange(Send(3_000)["b"], 800, 1_200);
    }

    [Fact]
    public void The_next_attempt_goes_to_another_silo()
    {
        Send(300);
        for (var i = 0; i < 300; i++)
        {
            var first = _picker.DrawShard([]);
            Assert.NotEqual(Route(first), Route(_picker.DrawShard([first])));
        }
    }

    [Fact]
    public void When_no_silo_is_trusted_they_are_tried_all_the_same()
    {
        Send(300);
        _silos.ForEach(Avoid);

        Assert.InRange(_picker.DrawShard([]), 0, RerankShards.Count - 1);
    }

    [Fact]
    public void A_silo_that_joins_gets_its_share_although_used_keys_stay_where_they_are()
    {
        Send(1_000);
        _silos.Add("d");
        Send(500);

        Assert.InRange(Send(4_000)["d"], 800, 1_200);
    }

    [Fact]
    public void The_keys_of_a_silo_that_left_are_learned_anew()
    {
        Send(1_000);
        _silos.Remove("a");
        foreach (var key in _sticky.Where(p => p.Value == "a").Select(p => p.Key).ToList())
        {
            _sticky.Remove(key);
        }

        Send(500);
        var shares = Send(2_000);
        Assert.Equal(2, shares.Count);
        Assert.InRange(shares["b"], 800, 1_200);
    }

    [Fact]
    public void Silos_that_do_not_say_who_they_are_share_all_keys()
    {
        var keys = new HashSet<int>();
        for (var i = 0; i < 2_000; i++)
        {
            var shard = _picker.DrawShard([]);
            _health.NoteAnswer(shard, null);
            _picker.LearnSilo(shard, null, 0);
            keys.Add(shard);
        }

        Assert.True(keys.Count > RerankShards.Count / 2);
    }

    /// <summary>Sends requests, and counts them by silo.</summary>
    private Dictionary<string, int> Send(int count)
    {
        var shares = new Dictionary<string, int>();
        for (var i = 0; i < count; i++)
        {
            var shard = _picker.DrawShard([]);
            var silo = Route(shard);
            _health.NoteAnswer(shard, silo);
            _picker.LearnSilo(shard, silo, _silos.Count);
            shares[silo] = shares.GetValueOrDefault(silo) + 1;
        }

        return shares;
    }

    private void Avoid(string silo) => _health.AvoidShard(_sticky.First(p => p.Value == silo).Key);

    private string Route(int shard)
    {
        if (!_sticky.TryGetValue(shard, out var silo))
        {
            _sticky[shard] = silo = _silos[_round++ % _silos.Count];
        }

        return silo;
    }

    private static ShardPicker Create(int seed) => new(new Random(seed), new ShardHealth(TimeProvider.System, new RerankerClientOptions()));
}
