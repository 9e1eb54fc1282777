using Reranker.Grains.Fleet;
using Reranker.Workers;

namespace Reranker.Grains.Dispatch;

/// <summary>
/// The attempts to have one sub-batch scored. One is sent; one that fails is followed by another; one that takes too long
/// is asked after, and gets a copy beside it when it is stuck, lost or its silo silent, but not when it only waits its
/// turn. The first result counts, and the rest is cancelled.
/// </summary>
/// <remarks>
/// An attempt that takes too long is never given up by itself: the estimate may be wrong and the answer under way. Runs on
/// the scheduler of its grain, one step at a time.
/// </remarks>
internal sealed class SubBatchRace(
    DispatchJob job,
    SubBatch subBatch,
    AttemptSender sender,
    AttemptInquiry inquiry,
    WorkerChooser chooser,
    FleetView fleet,
    CopyBudgets budgets,
    TimeProvider time,
    DispatchOptions options)
{
    private readonly Dictionary<string, AttemptEnd> _tried = [];
    private readonly List<(Attempt Attempt, Task<AttemptEnd> End)> _running = new(1);
    private ScoreRequest _message = null!;
    private Task<(Standing Standing, TimeSpan LookAgain)>? _question;
    private TimeSpan? _patience;
    private int _started;
    private bool _wasAbsent;
    private bool _isWon;

    /// <summary>Runs attempts until one is scored or nothing more can be done.</summary>
    public async Task<Verdict> RunAsync(CancellationToken stop)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        _message = job.Pack(subBatch);
        Start(job.Workers[subBatch.Candidate], AttemptKind.First, subBatch.ExpectedSeconds, end.Token);
        try
        {
            while (true)
            {
                var first = await FirstAsync(end.Token);
                if (_running.FindIndex(r => r.End == first) is >= 0 and var ended)
                {
                    var attempt = _running[ended].Attempt;
                    _running.RemoveAt(ended);
                    if (await SettleAsync(attempt, await (Task<AttemptEnd>)first, stop, end.Token) is { } verdict)
                    {
                        return verdict;
                    }
                }
                else if (first == _question)
                {
                    var (standing, lookAgain) = await _question;
                    (_question, _patience) = (null, lookAgain);
                    Consider(standing, end.Token);
                }
                else if (stop.IsCancellationRequested)
                {
                    return Verdict.Cancelled;
                }
                else
                {
                    _question = inquiry.AskAsync(job, _running[^1].Attempt, end.Token);
                }
            }
        }
        finally
        {
            // In place: what hears of it only sends messages, and a hop over the pool would cost every sub-batch.
            end.Cancel();
            foreach (var (_, loser) in _running)
            {
                _ = CountLoserAsync(loser);
            }
        }
    }

    // An attempt's end, the answer to a question, or the end of patience.
    private async Task<Task> FirstAsync(CancellationToken end)
    {
        if (_running.Count == 1 && _question is null && _patience is null)
        {
            var (_, only) = _running[0];
            await only;
            return only;
        }

        var waited = _question ?? Task.Delay(_patience ?? Timeout.InfiniteTimeSpan, time, end);
        var attempts = _running.ConvertAll(Task (r) => r.End);

        // A result before a question's answer, should both be there.
        return await Task.WhenAny([.. attempts, waited]);
    }

    /// <summary>What an attempt's end means for the sub-batch; null when others run or the next was started.</summary>
    private async Task<Verdict?> SettleAsync(Attempt attempt, AttemptEnd ended, CancellationToken stop, CancellationToken end)
    {
        DispatchMetrics.Attempted(ended, subBatch.Tokens);
        if (ended is AttemptEnd.Ok or AttemptEnd.Late)
        {
            _isWon = true;
            return Verdict.Ok;
        }

        if (stop.IsCancellationRequested || ended == AttemptEnd.Cancelled)
        {
            return Verdict.Cancelled;
        }

        _tried[attempt.Worker.Name] = ended;
        _question = null;
        if (ended == AttemptEnd.WrongModel)
        {
            await DescribeAgainAsync(attempt.Worker, end);
        }

        if (_running.Count > 0)
        {
            // Whatever ended this one, the copy beside it may still do it.
            return null;
        }

        return ended switch
        {
            AttemptEnd.Expired => Verdict.Expired,
            AttemptEnd.Invalid => Verdict.Failed,
            _ => await RetryAsync(ended, end) ? null : GiveUp(ended),
        };
    }

    private async Task<bool> RetryAsync(AttemptEnd ended, CancellationToken end)
    {
        var next = _started < options.MaxAttempts ? chooser.Next(job.Identity, _tried, subBatch.Tokens) : null;
        if (next is null)
        {
            return false;
        }

        if (_tried.ContainsKey(next.Name))
        {
            await Task.Delay(AttemptPolicy.Backoff(options, _started - 1), time, end)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }

        Start(next, AttemptKind.Retry, chooser.Candidate(next, job.Identity).Finish(subBatch.Tokens), end);
        return true;
    }

    // Starts a copy where that helps; otherwise the attempt is looked at again later.
    private void Consider(Standing standing, CancellationToken end)
    {
        var isAbsentAgain = standing == Standing.Absent && _wasAbsent;

        // Once, it may be an answer on its way back, or a message on its way there.
        _wasAbsent = standing == Standing.Absent;
        if (standing == Standing.Waiting || (standing == Standing.Absent && !isAbsentAgain) || end.IsCancellationRequested)
        {
            return;
        }

        if (_started >= options.MaxAttempts)
        {
            _patience = null;
            return;
        }

        if (chooser.ForCopy(job.Identity, IsTried, subBatch.Tokens) is not { } worker)
        {
            return;
        }

        var candidate = chooser.Candidate(worker, job.Identity);
        var remaining = job.Deadline.Remaining;
        var expected = candidate.Finish(subBatch.Tokens);
        if (expected > remaining.TotalSeconds)
        {
            return;
        }

        var kind = standing == Standing.Stuck ? AttemptKind.Hedge : AttemptKind.Resend;
        if ((kind == AttemptKind.Resend || AttemptPolicy.MayHedge(candidate, remaining)) && budgets.TryTake(kind, subBatch.Tokens))
        {
            Start(worker, kind, expected, end);
        }
    }

    private bool IsTried(FleetWorker worker)
        => _tried.ContainsKey(worker.Name) || _running.Exists(r => r.Attempt.Worker.Name == worker.Name);

    private void Start(FleetWorker worker, AttemptKind kind, double expected, CancellationToken end)
    {
        var attempt = new Attempt(worker, _started++, kind, expected);
        _patience = AttemptPolicy.Patience(options, expected, job.Deadline.Remaining);
        _wasAbsent = false;
        if (kind is AttemptKind.Hedge or AttemptKind.Resend)
        {
            DispatchMetrics.Copied(kind, subBatch.Tokens);
        }
        else
        {
            budgets.Dispatched(subBatch.Tokens);
        }

        _running.Add((attempt, sender.SendAsync(job, subBatch, _message, attempt, end)));
    }

    private Verdict GiveUp(AttemptEnd last)
    {
        // A model that is being unloaded is gone from one worker after the other: resolving again finds out what is left.
        if (last == AttemptEnd.WrongModel || fleet.Current.Serving(job.Identity).Length == 0)
        {
            return Verdict.IdentityGone;
        }

        return last switch
        {
            AttemptEnd.Busy => Verdict.Busy,
            AttemptEnd.Failed => Verdict.Failed,
            _ => Verdict.Unavailable,
        };
    }

    // Its worker no longer serves the model: what it serves now decides whether anybody does.
    private async Task DescribeAgainAsync(FleetWorker worker, CancellationToken end)
    {
        try
        {
            await fleet.DescribeAsync(worker.Key.Silo, end);
        }
        catch (Exception)
        {
            fleet.Penalise(worker);
        }
    }

    private async Task CountLoserAsync(Task<AttemptEnd> loser)
    {
        var ended = await loser;
        DispatchMetrics.Attempted(_isWon && ended == AttemptEnd.Cancelled ? AttemptEnd.Late : ended, subBatch.Tokens);
    }
}
