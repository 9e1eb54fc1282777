using Reranker.Inference.Models;

namespace Reranker.Inference.Tokenization;

/// <summary>
/// <see cref="IPairTokenizer"/> over an <see cref="ITextTokenizer"/>. Tokenizing is pure computing, so it has threads of
/// its own: neither grain turns nor requests that wait for input or output on the thread pool are held up by it.
/// </summary>
public sealed class PairTokenizer : IPairTokenizer, IDisposable
{
    private readonly ITextTokenizer _tokenizer;
    private readonly TokenizerOptions _options;
    private readonly TimeProvider _time;
    private readonly TokenizerThreads _threads;

    /// <summary>Starts the threads.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is not positive.</exception>
    public PairTokenizer(ITextTokenizer tokenizer, TokenizerOptions options, TimeProvider time)
    {
        options.Validate();
        (_tokenizer, _options, _time) = (tokenizer, options, time);
        _threads = new TokenizerThreads(options.Threads);
    }

    /// <inheritdoc/>
    public PairTemplate Template => _tokenizer.Template;

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The rule leaves no room for a token of each text.</exception>
    /// <exception cref="ArgumentException">A passage is null.</exception>
    /// <exception cref="ObjectDisposedException">The tokenizer was disposed, before or while the request was in work.</exception>
    public async ValueTask<TokenizedRequest> TokenizeAsync(
        string query, IReadOnlyList<string> passages, TruncationRule rule, string tenant, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(passages);
        ArgumentNullException.ThrowIfNull(tenant);
        PairTruncation.ValidateRule(rule);
        rule = rule with { SpecialTokens = Template.SpecialTokens };
        var texts = CopyAndCountCharacters(passages, query.Length, out var characters);
        var started = _time.GetTimestamp();
        cancellationToken.ThrowIfCancellationRequested();
        var job = new TokenizationJob(_tokenizer, query, texts, rule, tenant, _options.ChunkCharacters);
        _threads.AddJob(job, severalChunks: characters >= _options.ChunkCharacters);
        using var registration = cancellationToken.UnsafeRegister((_, token) => CancelJob(job, token), null);
        var request = await job.Completion.ConfigureAwait(false);
        TokenizationMetrics.RecordRequest(request, _time.GetElapsedTime(started));
        return request;
    }

    /// <summary>Ends the threads and waits for them. Requests whose chunks are still queued fail with <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose() => _threads.Dispose();

    private void CancelJob(TokenizationJob job, CancellationToken cancellationToken)
    {
        job.Cancel(cancellationToken);
        _threads.RemoveJob(job);
    }

    /// <summary>The job indexes its passages from several threads; only an array of our own is certain not to change.</summary>
    private static string[] CopyAndCountCharacters(IReadOnlyList<string> passages, long characters, out long allCharacters)
    {
        var copy = new string[passages.Count];
        for (var i = 0; i < copy.Length; i++)
        {
            copy[i] = passages[i] ?? throw new ArgumentException($"Passage {i} is null.", nameof(passages));
            characters += copy[i].Length;
        }

        allCharacters = characters;
        return copy;
    }
}
