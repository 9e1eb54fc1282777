using System.Runtime.CompilerServices;

namespace Reranker.Inference.Tokenization;

/// <summary>
/// The threads that tokenize, and their queue. A thread takes one chunk of the first request and puts the request behind the
/// others, so that a request of 10,000 passages does not hold up one of ten.
/// </summary>
internal sealed class TokenizerThreads : IDisposable
{
    private readonly LinkedList<TokenizationJob> _jobs = new();
    private readonly Thread[] _threads;
    private bool _disposed;

    public TokenizerThreads(int count)
    {
        _threads = new Thread[count];
        for (var i = 0; i < count; i++)
        {
            _threads[i] = new Thread(Work) { IsBackground = true, Name = $"tokenizer {i}" };
            _threads[i].UnsafeStart();
        }
    }

    /// <exception cref="ObjectDisposedException">The threads have ended.</exception>
    public void Add(TokenizationJob job, bool severalChunks)
    {
        lock (_jobs)
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(PairTokenizer));
            _jobs.AddLast(job.Node);
            if (severalChunks)
            {
                Monitor.PulseAll(_jobs);
            }
            else
            {
                Monitor.Pulse(_jobs);
            }
        }
    }

    /// <summary>Drops what nobody took of a job.</summary>
    public void Remove(TokenizationJob job)
    {
        lock (_jobs)
        {
            if (job.Node.List is not null)
            {
                _jobs.Remove(job.Node);
            }
        }
    }

    public void Dispose()
    {
        TokenizationJob[] dropped;
        lock (_jobs)
        {
            _disposed = true;
            dropped = [.. _jobs];
            _jobs.Clear();
            Monitor.PulseAll(_jobs);
        }

        foreach (var job in dropped)
        {
            job.Fail(new ObjectDisposedException(nameof(PairTokenizer)));
        }

        foreach (var thread in _threads)
        {
            thread.Join();
        }
    }

    private void Work()
    {
        while (TryRunOne())
        {
        }
    }

    // A frame of its own: a thread that waits for work would otherwise hold the last request, texts and all, until the next one.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryRunOne()
    {
        if (!TryTake(out var job, out var chunk))
        {
            return false;
        }

        job.Run(chunk);
        return true;
    }

    private bool TryTake(out TokenizationJob job, out (int Start, int End) chunk)
    {
        lock (_jobs)
        {
            while (_jobs.First is null)
            {
                if (_disposed)
                {
                    (job, chunk) = (null!, default);
                    return false;
                }

                Monitor.Wait(_jobs);
            }

            job = _jobs.First.Value;
            _jobs.RemoveFirst();
            chunk = job.TakeChunk();
            if (job.HasMore)
            {
                _jobs.AddLast(job.Node);
            }

            return true;
        }
    }
}
