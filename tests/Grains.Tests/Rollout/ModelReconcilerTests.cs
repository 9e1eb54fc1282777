using Reranker.Grains.Models;
using Reranker.Grains.Tests.Rollout.Fakes;
using Reranker.Models;
using Reranker.TestKit;
using Reranker.TestKit.Clocks;

namespace Reranker.Grains.Tests.Rollout;

/// <summary>What the directives say happens on a silo, however fast they change and whatever fails on the way.</summary>
public sealed class ModelReconcilerTests
{
    [Fact]
    public async Task No_change_of_thousands_is_lost_and_nothing_is_loaded_twice()
    {
        const int Identities = 12;
        const int Tellers = 6;
        const int Rounds = 40;
        const int ChangesOfATeller = 50;
        await using var silo = await ReconciledSilo.StartAsync();
        var told = new Told(Identities);
        for (var round = 0; round < Rounds; round++)
        {
            // Several tell at once, as silos that ask each other do.
            await Task.WhenAll(Enumerable.Range(0, Tellers).Select(teller => Task.Factory.StartNew(
                () =>
                {
                    var random = new Random((round * Tellers) + teller);
                    for (var i = 0; i < ChangesOfATeller; i++)
                    {
                        silo.Directives.AdoptNewerEntries(told.Change(random.Next(Identities)));
                    }
                },
                TestContext.Current.CancellationToken,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default)));

            // What is left over or missing now is a wake-up that was lost.
            await Until.TrueAsync(() => silo.Host.Models.Select(m => m.Identity).Order().SequenceEqual(told.Wanted));
        }

        Assert.Equal(0, silo.Host.Twice);
        Assert.True(silo.Host.Loads > Rounds, "models were loaded meanwhile");
    }

    [Fact]
    public async Task A_model_whose_engines_could_not_be_freed_is_unloaded_again()
    {
        var time = new SynchronizedTime();
        await using var silo = await ReconciledSilo.StartAsync(time);
        silo.Directives.AdoptNewerEntries(new ModelDirectives { Revision = 1, Loaded = [new ModelPlacement("1111", "mini", "a", 1)] });
        await Until.TrueAsync(() => silo.Host.Models.Count == 1);

        var tries = 0;
        silo.Host.Unloading = _ => throw (Interlocked.Increment(ref tries) == 1 ? new InvalidOperationException("busy") : new NotSupportedException("still busy"));
        silo.Directives.AdoptNewerEntries(new ModelDirectives { Revision = 2, Retired = ["1111"] });
        await Until.TrueAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return Volatile.Read(ref tries) >= 2;
        });

        silo.Host.Unloading = static _ => { };
    }

    [Fact]
    public async Task A_load_that_failed_is_tried_again_when_the_placement_is_another_one_of_the_same_revision()
    {
        await using var silo = await ReconciledSilo.StartAsync();
        silo.Host.Loading = static p =>
        {
            if (p.Folder == "a")
            {
                throw new InvalidOperationException("no memory");
            }
        };
        silo.Directives.AdoptNewerEntries(new ModelDirectives { Revision = 5, Loaded = [new ModelPlacement("1111", "mini", "a", 5)] });
        await Until.TrueAsync(() => silo.Describe().Models is [{ Phase: ModelPhase.Failed }]);

        silo.Directives.AdoptNewerEntries(new ModelDirectives { Revision = 6, Loaded = [new ModelPlacement("1111", "mini", "b", 5)] });

        await Until.TrueAsync(() => silo.Host.Models.Count == 1);
    }

    /// <summary>Loads what is not wanted and retires what is, one revision a change.</summary>
    private sealed class Told(int identities)
    {
        private readonly SortedSet<string> _wanted = new(StringComparer.Ordinal);
        private readonly Lock _lock = new();
        private ModelDirectives _last = ModelDirectives.None;

        public IEnumerable<string> Wanted => _wanted;

        public ModelDirectives Change(int identity)
        {
            lock (_lock)
            {
                var revision = _last.Revision + 1;
                if (!_wanted.Add($"{identity:x2}"))
                {
                    _wanted.Remove($"{identity:x2}");
                }

                return _last = new ModelDirectives
                {
                    Revision = revision,
                    Loaded = [.. _wanted.Select(i => new ModelPlacement(i, "mini", i, revision))],
                    Retired = [.. Enumerable.Range(0, identities).Select(i => $"{i:x2}").Where(i => !_wanted.Contains(i))],
                };
            }
        }
    }
}
