using System.Net;

namespace Reranker.TestKit.Hub;

/// <summary>How a hub answers otherwise than it should.</summary>
public sealed record HubFault
{
    /// <summary>A status without the content that was asked for.</summary>
    public HttpStatusCode? Status { get; init; }

    /// <summary>Its headers.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>A content with that status, without its length.</summary>
    public string? Body { get; init; }

    /// <summary>Bytes of a file that are sent before the connection is cut, or before nothing comes any more.</summary>
    public int? BytesBefore { get; init; }

    /// <summary>True to keep the connection and send nothing.</summary>
    public bool Stalls { get; init; }

    /// <summary>True to send another last byte.</summary>
    public bool LiesAboutContent { get; init; }

    /// <summary>True to send a file from its beginning, whatever was asked for.</summary>
    public bool IgnoresRange { get; init; }

    /// <summary>Another address for a large file.</summary>
    public string? RedirectTo { get; init; }

    /// <summary>An answer of a status, with one header.</summary>
    public static HubFault FromStatus(HttpStatusCode status, string? header = null, string? value = null)
        => new() { Status = status, Headers = header is null ? new Dictionary<string, string>() : new Dictionary<string, string> { [header] = value! } };
}
