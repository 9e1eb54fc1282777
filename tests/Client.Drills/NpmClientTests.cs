namespace Reranker.Client.Drills;

/// <summary>Clients of npm, unchanged, against <c>reranker serve</c>: what their users write and what they get.</summary>
public sealed class NpmClientTests(DrillServer server) : IClassFixture<DrillServer>
{
    private const string Query = "How can I make a battery last longer?";
    private const int MostAttempts = 3;

    private static readonly string[] Passages =
        ["Bread is baked in an oven.", "배터리를 고온에 두지 말고 완전히 방전되기 전에 충전하세요.", "A bridge connects two network interfaces."];

    public static TheoryData<string> All => NpmClient.Names;

    public static TheoryData<string> WithHeaders => NpmClient.FindNames(static c => c.SendsHeaders);

    [Theory]
    [MemberData(nameof(All))]
    public async Task The_best_come_first_and_no_more_than_were_asked_for(string name)
    {
        var client = NpmClient.Find(name);

        var run = await ClientRun.RunAsync(
            name, server.Url, DrillServer.Key, new ClientCall(Query, Passages) { ReturnDocuments = true }, new ClientCall(Query, Passages) { TopN = 2, ReturnDocuments = true });

        Assert.All(run.Answers, static a => Assert.Null(a.Error));
        Assert.Equal([1, 0, 2], run.Answers[0].Ranking!.Select(static r => r.Index));
        Assert.Equal([1, 0], run.Answers[1].Ranking!.Select(static r => r.Index));
        Assert.All(run.Answers[0].Ranking!, static r => Assert.InRange(r.Score, 0, 1));
        Assert.Equal(run.Answers[0].Ranking![0].Score, run.Answers[1].Ranking![0].Score);
        Assert.All(run.Answers.SelectMany(static a => a.Ranking!), r => Assert.Equal(client.ReturnsDocuments ? Passages[r.Index] : null, r.Document));
        Assert.All(run.Reranks, e => Assert.Equal((client.Path, $"Bearer {DrillServer.Key}"), (e.Path, e.Authorization)));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_wrong_key_is_the_error_that_the_clients_document_for_it_and_is_not_tried_again(string name)
    {
        var client = NpmClient.Find(name);

        var run = await ClientRun.RunAsync(name, server.Url, "no-such-key", new ClientCall(Query, Passages));

        var answer = Assert.Single(run.Answers);
        Assert.Equal((client.WrongKey, 401), (answer.Error, answer.Status));
        Assert.Contains("key", answer.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Single(run.Exchanges);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_bad_request_says_what_is_wrong_with_it(string name)
    {
        var client = NpmClient.Find(name);

        var run = await ClientRun.RunAsync(name, server.Url, DrillServer.Key, new ClientCall(" ", Passages));

        var answer = Assert.Single(run.Answers);
        Assert.Equal((client.BadRequest, 400), (answer.Error, answer.Status));
        Assert.Contains("query must not be empty", answer.Message, StringComparison.Ordinal);
        Assert.Single(run.Reranks);
    }

    [Theory]
    [MemberData(nameof(WithHeaders))]
    public async Task A_deadline_that_is_too_short_is_tried_again_and_then_told(string name)
    {
        var client = NpmClient.Find(name);

        // Texts that no other call has sent, so that none is answered from what is known.
        var documents = Enumerable.Range(0, 20).Select(i => string.Join(' ', Enumerable.Repeat($"{name}-{i}", 400))).ToList();

        var run = await ClientRun.RunAsync(
            name, server.Url, DrillServer.Key, new ClientCall(Query, documents) { Headers = new Dictionary<string, string> { ["X-Request-Timeout-Ms"] = "1" } });

        var answer = Assert.Single(run.Answers);
        Assert.Contains(answer.Error, client.Late);
        Assert.True(answer.Status is 503 or 504, $"{answer.Status}");
        Assert.Equal(MostAttempts, run.Reranks.Length);
    }

    [Fact]
    public async Task Who_is_over_the_quota_is_told_when_to_come_again_and_comes_then()
    {
        // One pair is more than a minute's quota; the next call is refused until the debt is paid.
        var expensive = new ClientCall(Query, [string.Join(' ', Enumerable.Repeat("battery", 1000))]);
        var runs = await Task.WhenAll(NpmClient.All.Select(
            client => ClientRun.RunAsync(client.Name, server.Url, DrillServer.FindLimitedKey(client), expensive, new ClientCall(Query, Passages))));

        foreach (var (client, run) in NpmClient.All.Zip(runs))
        {
            var last = run.Answers[1];
            Assert.NotNull(run.Reranks[1].RetryAfter);

            // Who had come sooner than it was told would have been refused twice.
            Assert.Equal((client.Name, client.WaitsAsTold ? "200 429 200" : "200 429 429 429"), (client.Name, string.Join(' ', run.Reranks.Select(static e => e.Status))));
            Assert.Equal((client.Name, client.WaitsAsTold ? null : "TooManyRequestsError"), (client.Name, last.Error));
            Assert.Equal(client.WaitsAsTold ? [1, 0, 2] : [], (last.Ranking ?? []).Select(static r => r.Index));
        }
    }
}
