using Reranker.Requests;

namespace Reranker.Client.Attempts;

/// <summary>What the attempts of one request came to so far.</summary>
internal sealed class AttemptHistory
{
    private const string FirstAttempt = "first";
    private const string OverdueAttempt = "overdue";
    private const string NoWorker = "unavailable";

    /// <summary>Why the next attempt is made, a value of the metric's tag.</summary>
    public string Reason { get; private set; } = FirstAttempt;

    /// <summary>Attempts that ended without scores.</summary>
    public int Failures { get; private set; }

    /// <summary>Times that a further attempt was started beside one without an answer.</summary>
    public int Overdue { get; private set; }

    /// <summary>Whether the next attempt follows a failure; only then is there a pause before it.</summary>
    public bool NeedsPause => Reason is not (FirstAttempt or OverdueAttempt);

    /// <summary>The last reply of a silo that found no worker.</summary>
    public RerankReply? Unavailable { get; private set; }

    /// <summary>The refusal of a busy silo while an older attempt still runs, which may have its place already; no further one is made then.</summary>
    public RerankReply? Refusal { get; set; }

    /// <summary>Whether the next pass only waits on: the silo of the overdue attempt is there.</summary>
    public bool Waits { get; set; }

    /// <summary>How the last answer was lost.</summary>
    public string? Fault { get; private set; }

    public void AddOverdue()
    {
        Overdue++;
        Reason = OverdueAttempt;
    }

    public void AddFault(string fault)
    {
        Failures++;
        Fault = Reason = fault;
    }

    public void AddUnavailable(RerankReply reply)
    {
        Failures++;
        Unavailable = reply;
        Reason = NoWorker;
    }
}
