using HdrHistogram;
using Reranker.LoadTest.Requests;
using Reranker.LoadTest.Targets;

namespace Reranker.LoadTest.Results;

/// <summary>
/// Counts what a run saw. Latencies, errors and goodput are those of requests that were due after the warm-up and before the
/// end, whenever they were answered; rates count what was answered in that time. Thread-safe.
/// </summary>
internal sealed class LoadRecorder(TimeSpan warmUp, TimeSpan duration, TimeSpan deadline)
{
    private const long LongestMicroseconds = 3_600_000_000;

    private readonly Lock _lock = new();
    private readonly LongHistogram _latency = new(LongestMicroseconds, 3);
    private readonly LongHistogram _refusals = new(LongestMicroseconds, 3);
    private readonly LongHistogram _overhead = new(LongestMicroseconds, 3);
    private readonly LongHistogram _outsideGrain = new(LongestMicroseconds, 3);
    private readonly LongHistogram _lateness = new(LongestMicroseconds, 3);
    private readonly SortedDictionary<string, long> _errors = new(StringComparer.Ordinal);
    private readonly List<TimelineSecond> _timeline = [];
    private long _requests, _pairs, _tokens, _goodRequests, _goodPairs;
    private long _ended, _allPairs, _allTokens, _answersChecked, _inFlight, _mostInFlight;
    private double _worstDeviation;

    /// <summary>A request goes out.</summary>
    /// <param name="due">When it should.</param>
    /// <param name="now">When it does.</param>
    public void Sent(TimeSpan due, TimeSpan now)
    {
        lock (_lock)
        {
            _mostInFlight = Math.Max(_mostInFlight, ++_inFlight);
            if (InWindow(due))
            {
                Record(_lateness, now - due);
            }
        }
    }

    /// <summary>A request ended.</summary>
    /// <param name="due">When it should have been sent.</param>
    /// <param name="now">When it ended.</param>
    /// <param name="pairs">Its passages.</param>
    /// <param name="answer">How it ended.</param>
    public void Answered(TimeSpan due, TimeSpan now, int pairs, Answer answer)
    {
        lock (_lock)
        {
            _inFlight--;
            _ended++;
            var second = Second(now);
            if (answer.Error is not null)
            {
                second.Errors++;
                if (InWindow(due))
                {
                    _errors[answer.Error] = _errors.GetValueOrDefault(answer.Error) + 1;
                    if (answer.Refused)
                    {
                        Record(_refusals, now - due);
                    }
                }

                return;
            }

            second.Answers++;
            second.Pairs += pairs;
            second.MaxMilliseconds = Math.Max(second.MaxMilliseconds, (now - due).TotalMilliseconds);
            _allPairs += pairs;
            _allTokens += answer.Tokens;
            if (InWindow(now))
            {
                _requests++;
                _pairs += pairs;
                _tokens += answer.Tokens;
            }

            if (InWindow(due))
            {
                Record(_latency, now - due);
                if (answer.Overhead is { } overhead)
                {
                    Record(_overhead, overhead.All);
                    Record(_outsideGrain, overhead.OutsideGrain);
                }

                if (now - due <= deadline)
                {
                    _goodRequests++;
                    _goodPairs += pairs;
                }
            }
        }
    }

    /// <summary>An answer's logits were held against the expected ones.</summary>
    public void Compared(double deviation)
    {
        lock (_lock)
        {
            _answersChecked++;
            _worstDeviation = Math.Max(_worstDeviation, deviation);
        }
    }

    /// <summary>The run so far.</summary>
    public LoadReport Report(LoadOptions options, EngineReport? engines)
    {
        lock (_lock)
        {
            var seconds = duration.TotalSeconds;
            return new LoadReport
            {
                Mode = options.Rate is null ? "closed" : "open",
                Clients = options.Rate is null ? options.Clients : null,
                OfferedRequestsPerSecond = options.Rate,
                Seconds = seconds,
                DeadlineMilliseconds = deadline.TotalMilliseconds,
                Requests = _latency.TotalCount,
                RequestsPerSecond = _requests / seconds,
                PairsPerSecond = _pairs / seconds,
                TokensPerSecond = _tokens / seconds,
                GoodRequestsPerSecond = _goodRequests / seconds,
                GoodPairsPerSecond = _goodPairs / seconds,
                MeanPairTokens = _allPairs == 0 ? 0 : (double)_allTokens / _allPairs,
                Latency = LatencyReport.Of(_latency),
                QueueAlone = QueueAlone.Predict(options),
                Overhead = _overhead.TotalCount == 0 ? null : LatencyReport.Of(_overhead),
                OverheadOutsideGrain = _outsideGrain.TotalCount == 0 ? null : LatencyReport.Of(_outsideGrain),
                Lateness = LatencyReport.Of(_lateness),
                Refusals = LatencyReport.Of(_refusals),
                Errors = new SortedDictionary<string, long>(_errors, StringComparer.Ordinal),
                MostInFlight = _mostInFlight,
                AnswersChecked = _answersChecked,
                WorstDeviation = _worstDeviation,
                Engines = engines is null ? null : engines with
                {
                    WastedTokens = engines.ScoredTokens - _allTokens,
                    AllocatedBytesPerRequest = engines.AllocatedBytes.ToDictionary(h => h.Key, h => h.Value / Math.Max(1, _ended)),
                },
                Timeline = [.. _timeline],
            };
        }
    }

    private static void Record(LongHistogram histogram, TimeSpan time)
        => histogram.RecordValue(Math.Clamp((long)time.TotalMicroseconds, 1, LongestMicroseconds));

    private bool InWindow(TimeSpan at) => at >= warmUp && at < warmUp + duration;

    private TimelineSecond Second(TimeSpan now)
    {
        while (_timeline.Count <= (int)now.TotalSeconds)
        {
            _timeline.Add(new TimelineSecond(_timeline.Count));
        }

        return _timeline[(int)now.TotalSeconds];
    }
}
