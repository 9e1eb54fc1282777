namespace Reranker.ServiceDefaults.Transport;

/// <summary>What the web server's own settings (<c>Kestrel:…</c>) have no key for; configuration section <c>Reranker:Https</c>.</summary>
public sealed class HttpsSettings
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Reranker:Https";

    /// <summary>
    /// PEM of the authorities that certificates of callers must come from; while one is replaced, both. Required where
    /// <c>ClientCertificateMode</c> asks callers for a certificate. Default null: nobody is asked.
    /// </summary>
    public string? ClientCaPath { get; set; }
}
