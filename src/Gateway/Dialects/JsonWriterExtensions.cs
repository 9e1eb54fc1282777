using System.Text.Json;
using Reranker.Client;
using Reranker.Gateway.Calls;

namespace Reranker.Gateway.Dialects;

internal static class JsonWriterExtensions
{
    // The writer asks for three bytes a character ahead, and for six where one needs an escape: for a text of megabytes that
    // would be many times its size.
    private const int MaxPiece = 4096;

    /// <summary>A text of any length.</summary>
    public static void WriteText(this Utf8JsonWriter writer, ReadOnlySpan<byte> name, string text)
    {
        if (text.Length <= MaxPiece)
        {
            writer.WriteString(name, text);
            return;
        }

        writer.WritePropertyName(name);
        for (var start = 0; start < text.Length; start += MaxPiece)
        {
            var length = Math.Min(MaxPiece, text.Length - start);
            writer.WriteStringValueSegment(text.AsSpan(start, length), isFinalSegment: start + length == text.Length);
        }
    }

    /// <summary>The tokens of a reply, under OpenAI's names.</summary>
    public static void WriteUsage(this Utf8JsonWriter writer, RerankUsage usage)
    {
        writer.WriteStartObject("usage"u8);
        writer.WriteNumber("prompt_tokens"u8, usage.Tokens);
        writer.WriteNumber("total_tokens"u8, usage.Tokens);
        writer.WriteEndObject();
    }

    /// <summary>How much of a passage the model read, where that was asked for.</summary>
    public static void WriteTokens(this Utf8JsonWriter writer, PassageScore entry, RerankCall call)
    {
        if (call.ReturnTokens)
        {
            writer.WriteNumber("tokens"u8, entry.Tokens);
            writer.WriteNumber("truncated_tokens"u8, entry.TruncatedTokens);
            writer.WriteNumber("chunks"u8, entry.Chunks);
        }
    }

    /// <summary>The relevance, or the logit where it was asked for.</summary>
    public static void WriteScore(this Utf8JsonWriter writer, ReadOnlySpan<byte> name, PassageScore entry, bool raw)
    {
        if (raw)
        {
            writer.WriteNumber(name, entry.Logit);
        }
        else
        {
            writer.WriteNumber(name, entry.Score);
        }
    }
}
