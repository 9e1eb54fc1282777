using System.Text.Json;
using Reranker.Gateway.Dialects.Tei;
using Reranker.Gateway.Json;

namespace Reranker.Gateway.Dialects;

/// <summary>
/// The errors of a path that several dialects share, before the body has shown which one it is: the union of their fields,
/// so that each client finds its own.
/// </summary>
internal sealed class UndeterminedDialect : IRerankDialect
{
    public string Name => "undetermined";

    public bool Recognizes(JsonFields fields) => true;

    public RerankCall Parse(JsonFields fields, GatewayOptions options) =>
        throw new RequestFormatException(GatewayError.Invalid("'documents' or 'texts' is missing.", "documents"));

    public void WriteReply(Utf8JsonWriter writer, RerankCall call, RankedReply reply) => throw new NotSupportedException();

    public void AddHeaders(IHeaderDictionary headers, RerankCall call, RankedReply reply) => throw new NotSupportedException();

    public int StatusOf(GatewayErrorKind kind) => CommonStatus.Of(kind);

    public void WriteError(Utf8JsonWriter writer, GatewayError error, int status)
    {
        writer.WriteStartObject();
        writer.WriteString("error"u8, error.Message);
        writer.WriteString("error_type"u8, TeiDialect.ErrorType(error.Kind));
        writer.WriteString("message"u8, error.Message);
        writer.WriteString("detail"u8, error.Message);
        writer.WriteEndObject();
    }
}
