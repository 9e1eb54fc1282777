using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Reranker.Certificates;
using Reranker.ServiceDefaults.Logging;

namespace Reranker.ServiceDefaults.Certificates;

/// <summary>Looks at the certificates of this process, and says once a day when one is about to end or has ended.</summary>
internal sealed partial class CertificateWatch(IEnumerable<WatchedCertificate> certificates, TimeProvider time, ILogger<CertificateWatch> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan WarnBefore = TimeSpan.FromDays(14);
    private static readonly TimeSpan WarnInterval = TimeSpan.FromDays(1);

    private readonly State[] _states = [.. certificates.Select(c => new State(c, TlsIdentity.CreateReloaded(c.Location, time)))];

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            Array.ForEach(_states, Look);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private void Look(State state)
    {
        LoadedCertificate current;
        try
        {
            current = state.Files.GetCurrent();
        }
        catch (IOException e)
        {
            ReportFault(state, e.Message);
            return;
        }

        ReportFault(state, state.Files.Fault);
        CertificateTelemetry.Record(state.Certificate.Use, current.NotAfter, state.Files.Fault is not null);
        if (current.Leaf.Thumbprint != state.Thumbprint)
        {
            if (state.Thumbprint is not null)
            {
                LogReplaced(state.Certificate.Location.CertificatePath, current.NotAfter);
            }

            (state.Thumbprint, state.Warned) = (current.Leaf.Thumbprint, null);
        }

        WarnOfEnd(state, current.NotAfter);
    }

    private void ReportFault(State state, string? fault)
    {
        if (fault is not null && fault != state.Fault)
        {
            LogNotRead(fault);
        }

        state.Fault = fault;
    }

    private void WarnOfEnd(State state, DateTimeOffset notAfter)
    {
        var left = notAfter - time.GetUtcNow();
        if (left > WarnBefore || (state.Warned is { } last && time.GetUtcNow() - last < WarnInterval))
        {
            return;
        }

        state.Warned = time.GetUtcNow();
        if (left > TimeSpan.Zero)
        {
            LogExpiring(state.Certificate.Location.CertificatePath, notAfter);
        }
        else
        {
            LogExpired(state.Certificate.Location.CertificatePath, notAfter);
        }
    }

    [LoggerMessage(ServiceEventIds.CertificateReplaced, LogLevel.Information, "The certificate in {Path} was replaced; new connections use it, to {NotAfter:u}")]
    private partial void LogReplaced(string path, DateTimeOffset notAfter);

    [LoggerMessage(ServiceEventIds.CertificateNotRead, LogLevel.Warning, "A new certificate is not used, and the one before goes on: {Reason}")]
    private partial void LogNotRead(string reason);

    [LoggerMessage(ServiceEventIds.CertificateExpiring, LogLevel.Warning, "The certificate in {Path} ends at {NotAfter:u}; then nobody accepts it")]
    private partial void LogExpiring(string path, DateTimeOffset notAfter);

    [LoggerMessage(ServiceEventIds.CertificateExpired, LogLevel.Error, "The certificate in {Path} ended at {NotAfter:u}; peers refuse new connections")]
    private partial void LogExpired(string path, DateTimeOffset notAfter);

    private sealed class State(WatchedCertificate certificate, ReloadedFiles<LoadedCertificate> files)
    {
        public WatchedCertificate Certificate { get; } = certificate;

        public ReloadedFiles<LoadedCertificate> Files { get; } = files;

        public string? Thumbprint { get; set; }

        public string? Fault { get; set; }

        public DateTimeOffset? Warned { get; set; }
    }
}
