namespace Reranker.Gateway.Admission;

/// <summary>The tokens that one admitted request holds until it is disposed.</summary>
internal sealed class AdmissionLease(AdmissionController owner, TokenQuota? quota, long reserved) : IDisposable
{
    private double _used;

    /// <summary>Charges what the request really cost; a request without an answer costs its tenant nothing.</summary>
    public void Settle(long tokens) => _used = tokens;

    public void Dispose()
    {
        owner.Release(reserved);
        quota?.Settle(reserved - _used);
    }
}
