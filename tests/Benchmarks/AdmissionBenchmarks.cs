using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Options;
using Reranker.Gateway.Admission;
using Reranker.Gateway.Calls;
using Reranker.Gateway.Configuration;
using Reranker.Gateway.Models;
using Reranker.Gateway.Tenants;
using Reranker.Requests;

namespace Reranker.Benchmarks;

/// <summary>The gateway's decision to send a call on: its tokens estimated, its tenant's backlog looked at.</summary>
public class AdmissionBenchmarks
{
    private static readonly TimeSpan Remaining = TimeSpan.FromSeconds(60);

    private readonly ModelCapacity _model = new("model", 1_024, 1_000_000, 4, 0.25);
    private readonly RerankCall _call = new()
    {
        Query = "which bridge was built",
        Passages = SampleTexts.CreatePassages(100, 500),
        Truncation = new TruncationOptions(),
    };

    private readonly TokenEstimator _estimator = new();
    private readonly List<AdmissionLease> _held = [];
    private AdmissionController _admission = null!;

    [Params(0, 1_000)]
    public int InProgress { get; set; }

    [GlobalSetup]
    public void HoldRequests()
    {
        var options = Options.Create(new GatewayOptions());
        _admission = new AdmissionController(options, new TokenQuotas(new KeyRingSource(options), new QuotaShares(options, TimeProvider.System), TimeProvider.System), TimeProvider.System);
        for (var i = 0; i < InProgress; i++)
        {
            _held.Add(AdmitCall());
        }
    }

    [GlobalCleanup]
    public void ReleaseRequests() => _held.ForEach(static lease => lease.Dispose());

    [Benchmark(Description = "admit a call of 100 passages and let it go")]
    public long Admit()
    {
        using var lease = AdmitCall();
        return lease.Reserved;
    }

    private AdmissionLease AdmitCall() =>
        _admission.TryAdmit("tenant", _model, _estimator.EstimateTokens(_call, "tenant", _model), Remaining, out var refusal)
        ?? throw new InvalidOperationException(refusal!.Message);
}
