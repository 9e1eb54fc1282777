using System.Runtime.CompilerServices;

namespace Reranker.Inference.Tokenization;

/// <summary>
/// The threads that tokenize, and what they have to do. A thread takes one chunk at a time, in the order of <see cref="JobRotation"/>.
/// </summary>
internal sealed class TokenizerThreads : IDisposable
{
    private readonly JobRotation _jobs = new();
    private readonly Thread[] _threads;
    private bool _disposed;

    public TokenizerThreads(int count)
    {
        _threads = new Thread[count];
        for (var i = 0; i < count; i++)
        {
            _threads[i] = new Thread(RunJobs) { IsBackground = true, Name = $"tokenizer {i}" };
            _threads[i].UnsafeStart();
        }
    }

    /// <exception cref="ObjectDisposedException">The threads have ended.</exception>
    public void AddJob(TokenizationJob job, bool severalChunks)
    {
        lock (_jobs)
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(PairTokenizer));
            _jobs.AddJob(job);
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
    public void RemoveJob(TokenizationJob job)
    {
        lock (_jobs)
        {
            _jobs.RemoveJob(job);
        }
    }

    public void Dispose()
    {
        TokenizationJob[] dropped;
        lock (_jobs)
        {
            _disposed = true;
            dropped = _jobs.TakeAll();
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

    private void RunJobs()
    {
        while (TryRunOne())
        {
        }
    }

    // A frame of its own: a thread that waits for work would otherwise hold the last request, texts and all, until the next one.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryRunOne()
    {
        if (!TryTakeChunk(out var job, out var chunk))
        {
            return false;
        }

        job.RunChunk(chunk);
        return true;
    }

    private bool TryTakeChunk(out TokenizationJob job, out (int Start, int End) chunk)
    {
        lock (_jobs)
        {
            while (_jobs.IsEmpty)
            {
                if (_disposed)
                {
                    (job, chunk) = (null!, default);
                    return false;
                }

                Monitor.Wait(_jobs);
            }

            (job, chunk) = _jobs.TakeChunk();
            return true;
        }
    }
}
