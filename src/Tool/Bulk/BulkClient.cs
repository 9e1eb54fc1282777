using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Reranker.Tool.Input;

namespace Reranker.Tool.Bulk;

/// <summary>
/// Has the lines of a file scored by a server and writes their results to another. What is missing when a connection breaks is sent again,
/// for as long as each call gets further than the one before.
/// </summary>
internal sealed class BulkClient(HttpClient http, Uri server, string? apiKey, TimeProvider time)
{
    private const int MaxCallsWithoutProgress = 5;
    private const int CallsAtOnce = 4;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Scores what is missing.</summary>
    /// <param name="path">The batch's file.</param>
    /// <param name="results">Where results go, and what is there already.</param>
    /// <param name="tally">Counts them.</param>
    /// <param name="report">Gets a sentence when a call breaks off.</param>
    /// <param name="cancellationToken">Stops; the results so far stay.</param>
    /// <exception cref="InputException">The server refuses a call, or a part gets no further.</exception>
    public Task ScoreMissingAsync(string path, BulkResults results, BulkTally tally, Action<string> report, CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(
            BulkInput.ReadPartsAsync(path, results.Done, cancellationToken),
            new ParallelOptions { MaxDegreeOfParallelism = CallsAtOnce, CancellationToken = cancellationToken },
            async (part, stop) => await ScorePartAsync(part, results, tally, report, stop));

    private async Task ScorePartAsync(
        List<BulkLineOfFile> part, BulkResults results, BulkTally tally, Action<string> report, CancellationToken cancellationToken)
    {
        for (var idle = 0; ;)
        {
            var ended = new HashSet<long>();
            if (await FindFaultAsync(part, ended, results, tally, cancellationToken) is not { } fault)
            {
                return;
            }

            part = [.. part.Where((_, at) => !ended.Contains(at + 1))];
            idle = ended.Count > 0 ? 0 : idle + 1;
            if (idle >= MaxCallsWithoutProgress)
            {
                throw new InputException($"{server}: {fault}; run the command again to go on");
            }

            report($"{fault}; sending what is missing again");
            await Task.Delay(Pause * (1 << idle), time, cancellationToken);
        }
    }

    /// <summary>One call; null when its reply was whole, else why it is not. Numbers of lines that have ended are put into a set.</summary>
    private async Task<string?> FindFaultAsync(
        List<BulkLineOfFile> part, HashSet<long> ended, BulkResults results, BulkTally tally, CancellationToken cancellationToken)
    {
        try
        {
            using var content = new BulkContent(part);
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server, "v1/rerank/batch")) { Content = content };
            request.Headers.Authorization = apiKey is null ? null : new AuthenticationHeaderValue("Bearer", apiKey);
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return response.IsSuccessStatusCode
                ? await ReadResultsAsync(response, part, ended, results, tally, cancellationToken)
                : await ReadRefusalAsync(response, cancellationToken);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or JsonException && !cancellationToken.IsCancellationRequested)
        {
            return exception is JsonException ? "the reply broke off" : exception.Message;
        }
    }

    private static async Task<string?> ReadResultsAsync(
        HttpResponseMessage response, List<BulkLineOfFile> part, HashSet<long> ended, BulkResults results, BulkTally tally, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));
        while (await reader.ReadLineAsync(cancellationToken) is { } text)
        {
            var reply = JsonNode.Parse(text) as JsonObject ?? throw new JsonException();
            if (reply["summary"] is { } summary)
            {
                return summary["complete"]?.GetValue<bool>() == true ? null : summary["reason"]?.GetValue<string>() ?? "the reply is not whole";
            }

            if (reply["line"]?.GetValue<long>() is { } number && number >= 1 && number <= part.Count && ended.Add(number))
            {
                var isScored = reply["status"]?.GetValue<int>() == 200;
                await results.WriteAsync(reply, part[(int)number - 1], cancellationToken);
                tally.AddResult(isScored);
            }
        }

        return "the reply broke off";
    }

    private async Task<string> ReadRefusalAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var body = await response.Content.ReadAsStringAsync(cancellationToken);
        var message = $"{(int)response.StatusCode} {response.ReasonPhrase}";
        try
        {
            message = (JsonNode.Parse(body) as JsonObject)?["message"]?.GetValue<string>() is { Length: > 0 } said ? $"{message}: {said}" : message;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The status says enough.
        }

        // What is refused as a whole stays refused; what has no room now may have some later.
        return (int)response.StatusCode is >= 500 or 429 or 408 ? message : throw new InputException($"{server}: {message}");
    }
}
