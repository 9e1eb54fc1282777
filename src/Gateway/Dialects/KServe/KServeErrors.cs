using System.Text.Json;
using Reranker.Gateway.Errors;

namespace Reranker.Gateway.Dialects.KServe;

/// <summary>The protocol's errors: a sentence.</summary>
internal sealed class KServeErrors : IErrorFormat
{
    public static readonly KServeErrors Instance = new();

    private KServeErrors()
    {
    }

    public string Schema => "KServeError";

    public int FindStatus(GatewayErrorKind kind) => ErrorStatus.FromKind(kind);

    public void WriteBody(Utf8JsonWriter writer, GatewayError error)
    {
        writer.WriteStartObject();
        writer.WriteString("error"u8, error.Message);
        writer.WriteEndObject();
    }
}
