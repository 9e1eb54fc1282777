using ClientSample;
using Reranker.Client;
using Reranker.Client.Hosting;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddRerankerClient(
    Connections.Read(builder.Configuration),
    client => client.DefaultDeadline = TimeSpan.FromSeconds(2));

var app = builder.Build();
app.MapGet("/search", async (string q, IReranker reranker, CancellationToken stop) =>
{
    // Where a real service would ask its search engine for candidates.
    var candidates = Articles.All;
    var response = await reranker.TryRerankAsync(q, candidates, cancellationToken: stop);
    return response.Result is { } result
        ? Results.Ok(result.Rank(top: 3).Select(score => new Hit(candidates[score.Index], score.Score, score.TruncatedTokens > 0)))
        : Results.Problem(response.Error, statusCode: StatusCodes.Status503ServiceUnavailable, title: response.Outcome.ToString());
});
app.MapGet("/search/parts", (string q, IReranker reranker, CancellationToken stop) =>
    TypedResults.ServerSentEvents(Progress.TellAsync(reranker.TryRerankInPartsAsync(q, Articles.All, cancellationToken: stop), stop)));
app.MapGet("/ready", async (IFleetInfo fleet, CancellationToken stop) =>
{
    try
    {
        var info = await fleet.GetFleetAsync(stop);
        return info.Models.Any(static model => model.ReadyWorkers > 0) ? Results.Ok() : Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
    }
    catch (RerankException)
    {
        return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
    }
});
await app.RunAsync();
