using System.Globalization;
using System.Text.Json;
using Reranker.Gateway.Json;
using Reranker.Requests;

namespace Reranker.Gateway.Dialects.Tei;

/// <summary>
/// Text Embeddings Inference: <c>texts</c> in, a bare array out. It has no model and no top_n; pairs are cut on the longer
/// side, as that server does.
/// </summary>
internal sealed class TeiDialect : IRerankDialect
{
    public string Name => "tei";

    public bool Recognizes(JsonFields fields) => fields.Has("texts");

    public RerankCall Parse(JsonFields fields, GatewayOptions options) => new()
    {
        Query = fields.Query(),
        Passages = fields.Passages("texts", rankFields: null, allowObjects: false, options.MaxPassages),
        ReturnTexts = fields.Boolean("return_text") ?? false,
        RawScores = fields.Boolean("raw_scores") ?? false,
        Truncation = new TruncationOptions
        {
            Allowed = fields.Boolean("truncate") ?? options.AutoTruncate,
            Strategy = TruncationStrategy.LongestFirst,
            Side = fields.Side("truncation_direction") ?? TruncationSide.Right,
        },
    };

    public void WriteReply(Utf8JsonWriter writer, RerankCall call, RankedReply reply)
    {
        writer.WriteStartArray();
        foreach (var entry in reply.Ranking)
        {
            writer.WriteStartObject();
            writer.WriteNumber("index"u8, entry.Index);
            writer.WriteScore("score"u8, entry, call.RawScores);
            if (call.ReturnTexts)
            {
                writer.WriteText("text"u8, call.Passages[entry.Index]);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    public void AddHeaders(IHeaderDictionary headers, RerankCall call, RankedReply reply)
    {
        var timings = reply.Result.Timings;
        Add("x-compute-time", (long)reply.Elapsed.TotalMilliseconds);
        Add("x-compute-characters", call.PassageCharacters + ((long)call.Query.Length * call.Passages.Length));
        Add("x-compute-tokens", reply.Result.Usage.Tokens);
        Add("x-total-time", (long)reply.Elapsed.TotalMilliseconds);
        Add("x-tokenization-time", timings.TokenizationMicroseconds / 1000);
        Add("x-queue-time", timings.QueueMicroseconds / 1000);
        Add("x-inference-time", timings.InferenceMicroseconds / 1000);

        void Add(string name, long value) => headers[name] = value.ToString(CultureInfo.InvariantCulture);
    }

    public int StatusOf(GatewayErrorKind kind) => kind switch
    {
        GatewayErrorKind.BadJson or GatewayErrorKind.NoPassages => StatusCodes.Status400BadRequest,
        GatewayErrorKind.Invalid or GatewayErrorKind.TooManyPassages or GatewayErrorKind.TooLong => StatusCodes.Status422UnprocessableEntity,
        GatewayErrorKind.Busy => StatusCodes.Status429TooManyRequests,
        GatewayErrorKind.Failed => StatusCodes.Status424FailedDependency,
        _ => CommonStatus.Of(kind),
    };

    public void WriteError(Utf8JsonWriter writer, GatewayError error, int status)
    {
        if (error.Kind == GatewayErrorKind.Unauthorized)
        {
            return;
        }

        writer.WriteStartObject();
        writer.WriteString("error"u8, error.Message);
        writer.WriteString("error_type"u8, ErrorType(error.Kind));
        writer.WriteEndObject();
    }

    /// <summary>The name that clients switch on.</summary>
    internal static string ErrorType(GatewayErrorKind kind) => kind switch
    {
        GatewayErrorKind.NoPassages => "Empty",
        GatewayErrorKind.Busy or GatewayErrorKind.Quota => "Overloaded",
        GatewayErrorKind.Unavailable => "Unhealthy",
        GatewayErrorKind.Failed or GatewayErrorKind.Expired or GatewayErrorKind.Internal => "Backend",
        _ => "Validation",
    };
}
