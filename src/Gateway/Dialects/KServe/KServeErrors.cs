using System.Text.Json;
using Reranker.Gateway.Errors;

namespace Reranker.Gateway.Dialects.KServe;

/// <summary>The protocol's errors: a sentence.</summary>
internal sealed class KServeErrors() : ErrorFormat("KServeError")
{
    public static readonly KServeErrors Instance = new();

    protected override void WriteFields(Utf8JsonWriter writer, GatewayError error, int status) => writer.WriteString("error"u8, error.Message);
}
