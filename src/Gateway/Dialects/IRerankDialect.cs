using System.Text.Json;
using Reranker.Gateway.Json;

namespace Reranker.Gateway.Dialects;

/// <summary>
/// One wire format of reranking. A dialect is a pair of pure functions around the pipeline: fields to a call, a ranking to
/// a body. Authentication, limits, admission, deadlines and telemetry are the pipeline's, so no dialect can forget them.
/// </summary>
internal interface IRerankDialect
{
    /// <summary>Its name in metrics and traces.</summary>
    string Name { get; }

    /// <summary>Whether a body is in this dialect, where several share a path.</summary>
    bool Recognizes(JsonFields fields);

    /// <summary>Reads a call.</summary>
    /// <exception cref="RequestFormatException">The body is not a request of this dialect.</exception>
    RerankCall Parse(JsonFields fields, GatewayOptions options);

    /// <summary>Writes the body of a success.</summary>
    void WriteReply(Utf8JsonWriter writer, RerankCall call, RankedReply reply);

    /// <summary>Headers of a success beside those that every reply has.</summary>
    void AddHeaders(IHeaderDictionary headers, RerankCall call, RankedReply reply);

    /// <summary>The status of an error.</summary>
    int StatusOf(GatewayErrorKind kind);

    /// <summary>Writes the body of an error; nothing written is an empty body.</summary>
    void WriteError(Utf8JsonWriter writer, GatewayError error, int status);
}
