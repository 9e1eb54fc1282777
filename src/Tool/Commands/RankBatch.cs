using System.CommandLine;
using Reranker.Tool.Bulk;
using Reranker.Tool.Input;

namespace Reranker.Tool.Commands;

/// <summary><c>reranker rank --batch FILE --server URL</c>: has many requests scored by a server, and goes on where an earlier run stopped.</summary>
internal sealed class RankBatch
{
    private const string KeyVariable = "RERANKER_API_KEY";

    private readonly Option<FileInfo> _batch = new("--batch")
    {
        Description = "A JSONL file of requests, one a line: custom_id, query, documents, and what else /v1/rerank takes. Needs --server.",
        HelpName = "FILE",
    };

    private readonly Option<string> _server = new("--server")
    {
        Description = $"With --batch: the gateway that scores it, such as http://127.0.0.1:8080. Its key is taken from {KeyVariable}.",
        HelpName = "URL",
    };

    private readonly Option<FileInfo> _output = new("--output", "-o")
    {
        Description = "With --batch: where results go, a line each as they end. Lines that have scores there already are not sent again. Default: FILE with .results.jsonl behind it.",
        HelpName = "FILE",
    };

    /// <summary>Whether the command line asks for a batch.</summary>
    public bool IsAsked(ParseResult parsed) => parsed.GetValue(_batch) is not null;

    /// <summary>The same, while the command line is checked.</summary>
    public bool IsGiven(System.CommandLine.Parsing.CommandResult result) => result.GetResult(_batch) is not null;

    public void AddTo(Command command)
    {
        command.Options.Add(_batch);
        command.Options.Add(_server);
        command.Options.Add(_output);
        command.Validators.Add(result =>
        {
            if (result.GetResult(_batch) is not null != result.GetResult(_server) is not null)
            {
                result.AddError("--batch and --server belong together.");
            }
            else if (result.GetResult(_output) is not null && result.GetResult(_batch) is null)
            {
                result.AddError("--output belongs to --batch.");
            }
        });
    }

    /// <summary>Scores the batch; fails where a line got no scores.</summary>
    public async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var path = parsed.GetValue(_batch)!.FullName;
        if (!File.Exists(path))
        {
            throw new InputException($"{path}: there is no such file");
        }

        var server = ReadServer(parsed.GetValue(_server)!);
        var output = parsed.GetValue(_output)?.FullName ?? path + ".results.jsonl";
        await using var results = await BulkResults.OpenAsync(output, cancellationToken);
        var (total, done) = await BulkInput.CountLinesAsync(path, results.Done, cancellationToken);
        var tally = new BulkTally(total, done);
        if (done < total)
        {
            using var http = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
            var client = new BulkClient(http, server, Environment.GetEnvironmentVariable(KeyVariable) is { Length: > 0 } key ? key : null, TimeProvider.System);
            try
            {
                await BulkProgress.ShowAsync(tally, report => client.ScoreMissingAsync(path, results, tally, report, cancellationToken), TimeProvider.System);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync(
                    $"stopped: {tally.Scored} of {tally.Total} lines have scores in {output}; run the same command again to go on with the others");
                return ExitCodes.Interrupted;
            }
        }

        await parsed.InvocationConfiguration.Error.WriteLineAsync(
            $"{tally.Scored} of {tally.Total} lines have scores in {output}{(tally.Failed > 0 ? $"; {tally.Failed} failed, and their errors are there" : "")}");
        return tally.Scored == tally.Total ? ExitCodes.Success : ExitCodes.Failure;
    }

    private static Uri ReadServer(string text) =>
        Uri.TryCreate(text.EndsWith('/') ? text : text + "/", UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)
            ? url
            : throw new InputException($"--server: '{text}' is no http or https address");
}
