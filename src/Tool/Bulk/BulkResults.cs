using System.Text.Json;
using System.Text.Json.Nodes;

namespace Reranker.Tool.Bulk;

/// <summary>The file of results: a line for each line of the batch that has ended, in the order in which they ended.</summary>
internal sealed class BulkResults : IAsyncDisposable
{
    private const string Line = "line";
    private const string Id = "custom_id";
    private readonly SemaphoreSlim _oneAtATime = new(1, 1);
    private readonly StreamWriter _output;

    private BulkResults(StreamWriter output, HashSet<string> done) => (_output, Done) = (output, done);

    /// <summary>Names of the lines that have scores.</summary>
    public HashSet<string> Done { get; }

    /// <summary>
    /// Opens the file and finds what an earlier run has scored. What failed then is tried again, so its errors are taken out, and so is
    /// half a line at the end.
    /// </summary>
    public static async Task<BulkResults> OpenAsync(string path, CancellationToken cancellationToken)
    {
        var done = new HashSet<string>(StringComparer.Ordinal);
        if (File.Exists(path))
        {
            var kept = path + ".tmp";
            await using (var output = new StreamWriter(kept))
            {
                await foreach (var text in File.ReadLinesAsync(path, cancellationToken))
                {
                    if (FindScored(text) is { } name && done.Add(name))
                    {
                        await output.WriteLineAsync(text.AsMemory(), cancellationToken);
                    }
                }
            }

            File.Move(kept, path, overwrite: true);
        }

        return new BulkResults(new StreamWriter(path, append: true), done);
    }

    /// <summary>
    /// Writes a result under the number that its line has in the batch's file, and under its name where it has one there: what the
    /// server makes of a name that is no text may be that of another line. A line that is whole is on disk.
    /// </summary>
    public async Task WriteAsync(JsonObject result, BulkLineOfFile line, CancellationToken cancellationToken)
    {
        result[Line] = line.Number;
        if (line.IsNamedByNumber)
        {
            result.Remove(Id);
        }

        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            await _output.WriteLineAsync(result.ToJsonString(Format).AsMemory(), CancellationToken.None);
            await _output.FlushAsync(CancellationToken.None);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _output.DisposeAsync();
        _oneAtATime.Dispose();
    }

    private static readonly JsonSerializerOptions Format = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static string? FindScored(string text)
    {
        try
        {
            var result = JsonNode.Parse(text) as JsonObject;
            return result?["status"]?.GetValue<int>() == 200 && result[Line]?.GetValue<long>() is { } line ? BulkLineOfFile.NameLine(result[Id]?.GetValue<string>(), line) : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }
}
