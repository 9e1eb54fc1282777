namespace Reranker.Inference.Tokenization;

/// <summary>One request on its way through the tokenizer threads: chunks are taken one at a time, the last one done answers.</summary>
internal sealed class TokenizationJob
{
    private readonly ITextTokenizer _tokenizer;
    private readonly string _query;
    private readonly string[] _passages;
    private readonly TruncationRule _rule;
    private readonly int _chunkCharacters;
    private readonly TokenizedText[] _tokenized;
    private readonly int _passageLimit;

    // Continuations run elsewhere: a caller's code must not occupy a tokenizer thread.
    private readonly TaskCompletionSource<TokenizedRequest> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private TokenizedText _tokenizedQuery;
    private int _taken = -1; // the query counts as passage -1
    private int _left;

    public TokenizationJob(
        ITextTokenizer tokenizer, string query, string[] passages, TruncationRule rule, string tenant, int chunkCharacters)
    {
        Tenant = tenant;
        (_tokenizer, _query, _passages, _rule, _chunkCharacters) = (tokenizer, query, passages, rule, chunkCharacters);
        _tokenized = new TokenizedText[passages.Length];
        _passageLimit = PairTruncation.FindPassageLimit(rule);
        _left = passages.Length + 1;
        Node = new LinkedListNode<TokenizationJob>(this);
    }

    public Task<TokenizedRequest> Completion => _completion.Task;

    /// <summary>Whose request it is.</summary>
    public string Tenant { get; }

    /// <summary>The job's place in the queue, so that taking it out costs no search.</summary>
    public LinkedListNode<TokenizationJob> Node { get; }

    /// <summary>True while there are chunks that nobody took. Guarded by the queue's lock, as <see cref="TakeChunk"/> is.</summary>
    public bool HasMore => _taken < _passages.Length;

    /// <summary>Takes the next passages, from <c>Start</c> up to <c>End</c>; -1 is the query.</summary>
    public (int Start, int End) TakeChunk()
    {
        var start = _taken;
        long characters = 0;
        do
        {
            characters += (_taken < 0 ? _query : _passages[_taken]).Length;
            _taken++;
        }
        while (_taken < _passages.Length && characters < _chunkCharacters);
        return (start, _taken);
    }

    /// <summary>Tokenizes a chunk. Never throws: what goes wrong ends the request.</summary>
    public void RunChunk((int Start, int End) chunk)
    {
        try
        {
            for (var i = chunk.Start; i < chunk.End && !_completion.Task.IsCompleted; i++)
            {
                if (i < 0)
                {
                    _tokenizedQuery = _tokenizer.Encode(_query, PairTruncation.FindQueryLimit(_rule), _rule.KeepEnd);
                }
                else
                {
                    _tokenized[i] = _rule is { AtSentences: true, MaxChunks: > 1 }
                        ? _tokenizer.EncodeSentences(_passages[i], _passageLimit, _rule.KeepEnd)
                        : _tokenizer.Encode(_passages[i], _passageLimit, _rule.KeepEnd);
                }
            }

            if (Interlocked.Add(ref _left, chunk.Start - chunk.End) == 0 && !_completion.Task.IsCompleted)
            {
                _completion.TrySetResult(PairTruncation.CutToFit(_tokenizedQuery, _tokenized, _rule) with { Template = _tokenizer.Template });
            }
        }
        catch (Exception exception)
        {
            Fail(exception);
        }
    }

    public void Cancel(CancellationToken cancellationToken) => _completion.TrySetCanceled(cancellationToken);

    public void Fail(Exception exception) => _completion.TrySetException(exception);
}
