using Reranker.Inference.Tokenization;

namespace Reranker.Inference.Tests.Tokenization;

public sealed class JobRotationTests
{
    [Fact]
    public void Tenants_take_turns_and_then_the_requests_of_each()
    {
        var rotation = new JobRotation();
        var flood = Enumerable.Range(0, 500).Select(_ => Job("flood", passages: 2)).ToArray();
        Array.ForEach(flood, rotation.AddJob);
        var quiet = Job("quiet", passages: 2);
        rotation.AddJob(quiet);

        Assert.Equal([flood[0], quiet, flood[1], quiet, flood[2], quiet, flood[3]], Enumerable.Range(0, 7).Select(_ => rotation.TakeChunk().Job));
    }

    [Fact]
    public void Every_chunk_of_every_job_is_taken_once_and_what_was_removed_is_not()
    {
        var rotation = new JobRotation();
        TokenizationJob[] jobs = [Job("a", 3), Job("b", 1), Job("a", 2), Job("b", 4)];
        Array.ForEach(jobs, rotation.AddJob);
        rotation.RemoveJob(jobs[3]);
        rotation.RemoveJob(jobs[3]);

        var taken = new Dictionary<TokenizationJob, int>();
        while (!rotation.IsEmpty)
        {
            var job = rotation.TakeChunk().Job;
            taken[job] = taken.GetValueOrDefault(job) + 1;
        }

        // The query is a chunk of its own where a chunk is one character.
        Assert.Equal(new Dictionary<TokenizationJob, int> { [jobs[0]] = 4, [jobs[1]] = 2, [jobs[2]] = 3 }, taken);
        rotation.RemoveJob(jobs[0]);
    }

    [Fact]
    public void All_that_is_left_can_be_taken_out()
    {
        var rotation = new JobRotation();
        TokenizationJob[] jobs = [Job("a", 3), Job("b", 1)];
        Array.ForEach(jobs, rotation.AddJob);
        rotation.TakeChunk();

        Assert.Equal(jobs.ToHashSet(), rotation.TakeAll().ToHashSet());
        Assert.True(rotation.IsEmpty);
        rotation.RemoveJob(jobs[0]);
        rotation.AddJob(jobs[1]);
        Assert.Same(jobs[1], rotation.TakeChunk().Job);
    }

    private static TokenizationJob Job(string tenant, int passages)
        => new(Vocabularies.Mini, "q", [.. Enumerable.Repeat("p", passages)], new TruncationRule(512), tenant, chunkCharacters: 1);
}
