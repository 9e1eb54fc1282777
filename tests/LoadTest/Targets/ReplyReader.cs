using System.Text.Json;

namespace Reranker.LoadTest.Targets;

/// <summary>Reads TEI's reply, <c>[{"index":…,"score":…}, …]</c>, without making objects of it.</summary>
internal static class ReplyReader
{
    /// <summary>Fills the logits in the passages' order, and says what is wrong, or null.</summary>
    public static string? Read(ReadOnlySpan<byte> json, Span<float> scores)
    {
        scores.Fill(float.NaN);
        try
        {
            return Read(new Utf8JsonReader(json), scores);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return "bad json";
        }
    }

    private static string? Read(Utf8JsonReader reader, Span<float> scores)
    {
        var (index, score, seen) = (-1, float.NaN, 0);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("index"u8))
                {
                    reader.Read();
                    index = reader.GetInt32();
                }
                else if (reader.ValueTextEquals("score"u8))
                {
                    reader.Read();
                    score = reader.GetSingle();
                }
            }
            else if (reader.TokenType == JsonTokenType.EndObject)
            {
                if (index < 0 || index >= scores.Length || !float.IsNaN(scores[index]))
                {
                    return "wrong index";
                }

                if (!float.IsFinite(score))
                {
                    return "missing score";
                }

                scores[index] = score;
                (index, score) = (-1, float.NaN);
                seen++;
            }
        }

        return seen == scores.Length ? null : "missing score";
    }
}
