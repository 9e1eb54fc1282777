using System.Globalization;
using System.Text.Json;
using Reranker.Gateway.Calls;

namespace Reranker.Gateway.Dialects.Tei;

/// <summary>Writes TEI's replies: an array of indices and scores, and headers that say where the time went.</summary>
internal static class TeiReply
{
    public static void Write(Utf8JsonWriter writer, RerankCall call, RankedReply reply)
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

    public static void SetHeaders(IHeaderDictionary headers, RerankCall call, RankedReply reply)
    {
        var timings = reply.Result.Timings;
        Add("x-compute-time", (long)reply.Elapsed.TotalMilliseconds);
        Add("x-compute-characters", call.PairCharacters);
        Add("x-compute-tokens", reply.Result.Usage.Tokens);
        Add("x-total-time", (long)reply.Elapsed.TotalMilliseconds);
        Add("x-tokenization-time", timings.TokenizationMicroseconds / 1000);
        Add("x-queue-time", timings.QueueMicroseconds / 1000);
        Add("x-inference-time", timings.InferenceMicroseconds / 1000);

        void Add(string name, long value) => headers[name] = value.ToString(CultureInfo.InvariantCulture);
    }
}
