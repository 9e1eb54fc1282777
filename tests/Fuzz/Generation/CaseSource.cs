using Reranker.Fuzz.Mutation;
using Reranker.Fuzz.Requests;

namespace Reranker.Fuzz.Generation;

/// <summary>
/// Makes cases by number: the same seed and number give the same bytes, whatever came before. Mutators are chosen as a swarm: a
/// block of cases has a few of them at its disposal, so that combinations come up that a draw from all of them would bury.
/// </summary>
internal sealed class CaseSource(int seed, CaseTarget target)
{
    private const int Block = 64;
    private const int OneInAvailable = 4;
    private const int MostMutations = 4;
    private readonly RightRequests _right = new(target);

    public FuzzRequest Create(long index)
    {
        var swarm = new Random(Mix(seed, index / Block, 1));
        var bodies = Available(MutatorCatalog.OfBodies, swarm);
        var requests = Available(MutatorCatalog.OfRequests, swarm);
        var random = new Random(Mix(seed, index, 2));
        var draft = _right.Draw(random);
        var mutations = random.Next(6) == 0 ? 0 : random.Next(1, MostMutations + 1);
        var ofBody = draft.Body is null ? 0 : random.Next(mutations + 1);
        for (var left = bodies.Length == 0 ? 0 : ofBody; left > 0; left--)
        {
            var mutator = random.Pick(bodies);
            draft.Request.Mutations.Add(mutator.GetType().Name);
            mutator.Mutate(draft.Body!, random);
        }

        var request = draft.Finish(random);
        for (var left = requests.Length == 0 ? 0 : mutations - ofBody; left > 0; left--)
        {
            var mutator = random.Pick(requests);
            request.Mutations.Add(mutator.GetType().Name);
            mutator.Mutate(request, random);
        }

        return request;
    }

    private static T[] Available<T>(T[] all, Random random) => [.. all.Where(_ => random.Next(OneInAvailable) == 0)];

    // SplitMix64: neighbouring numbers must not give alike generators.
    private static int Mix(int seed, long index, int use)
    {
        var z = unchecked(((ulong)(uint)seed << 32) + ((ulong)index * 0x9E3779B97F4A7C15) + ((ulong)use * 0xD1B54A32D192ED03));
        z = unchecked((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9);
        z = unchecked((z ^ (z >> 27)) * 0x94D049BB133111EB);
        return (int)(uint)(z ^ (z >> 31));
    }
}
