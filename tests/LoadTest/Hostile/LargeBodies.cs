using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Reranker.LoadTest.Requests;

namespace Reranker.LoadTest.Hostile;

/// <summary>Sends bodies of tens of megabytes at once. All are the same bytes, so that this program needs no memory for them.</summary>
internal sealed class LargeBodies(Uri url, string? key) : IDisposable
{
    // Longer than the model reads: what is behind it changes no score.
    private const int ReferenceCharacters = 12_000;
    private const double Tolerance = 1e-6;

    private static readonly string[] Words = ["river", "engine", "letter", "mountain", "paper", "signal", "garden", "winter", "copper", "window"];

    private readonly HttpClient _http = new(new SocketsHttpHandler { MaxConnectionsPerServer = int.MaxValue, UseProxy = false })
    {
        BaseAddress = url,
        Timeout = TimeSpan.FromMinutes(9),
    };

    private readonly ConcurrentDictionary<string, int> _kinds = new();
    private int _answered, _wrong, _refused, _unhelpful;

    /// <summary>Sends <paramref name="count"/> bodies at once, each caller <paramref name="repeat"/> times.</summary>
    public async Task<LargeReport> SendAsync(int count, int repeat, int bytes, int passages, bool returnTexts, CancellationToken cancellationToken)
    {
        var length = bytes / passages;
        var texts = Enumerable.Range(0, passages).Select(i => Text(i, length)).ToArray();
        var expected = await ScoresAsync(Body([.. texts.Select(static t => t[..Math.Min(t.Length, ReferenceCharacters)])], returnTexts: false), cancellationToken)
            ?? throw new LoadTestException("The gateway does not answer a small request.");
        var body = Body(texts, returnTexts);
        texts = [];
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, count).Select(async _ =>
        {
            for (var i = 0; i < repeat; i++)
            {
                await SendOneAsync(body, expected, cancellationToken);
            }
        }));
        var other = (count * repeat) - _answered - _wrong - _refused;
        return new LargeReport(_answered, _wrong, _refused, _unhelpful, other, _kinds, Stopwatch.GetElapsedTime(started).TotalSeconds);
    }

    public void Dispose() => _http.Dispose();

    private async Task SendOneAsync(byte[] body, float[] expected, CancellationToken cancellationToken)
    {
        string kind;
        try
        {
            using var response = await PostAsync(body, cancellationToken);
            kind = ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture);
            if (response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable)
            {
                Interlocked.Increment(ref _refused);
                _ = response.Headers.RetryAfter is null ? Interlocked.Increment(ref _unhelpful) : 0;
            }
            else if (response.StatusCode == HttpStatusCode.OK)
            {
                var scores = await ReadAsync(response, expected.Length, cancellationToken);
                var isRight = scores is not null && scores.Zip(expected).All(static pair => Math.Abs(pair.First - pair.Second) <= Tolerance);
                Interlocked.Increment(ref isRight ? ref _answered : ref _wrong);
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            kind = (e as HttpRequestException)?.HttpRequestError.ToString() ?? e.GetType().Name;
        }

        _kinds.AddOrUpdate(kind, 1, static (_, known) => known + 1);
    }

    private async Task<HttpResponseMessage> PostAsync(byte[] body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/rerank") { Content = new ByteArrayContent(body) };
        request.Headers.TryAddWithoutValidation("X-Request-Timeout-Ms", "500000");
        request.Headers.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    private async Task<float[]?> ScoresAsync(byte[] body, CancellationToken cancellationToken)
    {
        using var response = await PostAsync(body, cancellationToken);
        using var document = response.IsSuccessStatusCode ? await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync(cancellationToken), default, cancellationToken) : null;
        return document?.RootElement.EnumerateArray().OrderBy(static e => e.GetProperty("index").GetInt32())
            .Select(static e => e.GetProperty("score").GetSingle()).ToArray();
    }

    private static async Task<float[]?> ReadAsync(HttpResponseMessage response, int passages, CancellationToken cancellationToken)
    {
        using var document = await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync(cancellationToken), default, cancellationToken);
        var scores = document.RootElement.EnumerateArray().OrderBy(static e => e.GetProperty("index").GetInt32())
            .Select(static e => e.GetProperty("score").GetSingle()).ToArray();
        return scores.Length == passages ? scores : null;
    }

    private static byte[] Body(string[] texts, bool returnTexts)
        => JsonSerializer.SerializeToUtf8Bytes(new { query = "which one is it?", texts, return_text = returnTexts });

    private static string Text(int index, int length)
    {
        var random = new Random(index);
        var text = new StringBuilder(length + 16);
        while (text.Length < length)
        {
            text.Append(Words[random.Next(Words.Length)]).Append(' ');
        }

        return text.ToString(0, length);
    }
}
