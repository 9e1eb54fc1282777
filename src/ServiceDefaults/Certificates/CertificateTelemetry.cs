using System.Diagnostics.Metrics;

namespace Reranker.ServiceDefaults.Certificates;

/// <summary>What a process reports of its certificates.</summary>
internal static class CertificateTelemetry
{
    private static readonly Meter Meter = new("Reranker.Certificates");

    private static readonly Gauge<double> NotAfter = Meter.CreateGauge<double>(
        "reranker.certificate.not_after", "s", "When a certificate of this process ends, in seconds since 1970.");

    private static readonly Gauge<int> Unread = Meter.CreateGauge<int>(
        "reranker.certificate.unread", null, "1 while the files of a certificate make no sense and the one before is used.");

    public static void Record(CertificateUse use, DateTimeOffset notAfter, bool isUnread)
    {
        var label = new KeyValuePair<string, object?>("use", use == CertificateUse.Http ? "http" : "cluster");
        NotAfter.Record(notAfter.ToUnixTimeSeconds(), label);
        Unread.Record(isUnread ? 1 : 0, label);
    }
}
