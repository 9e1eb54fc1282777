using System.Text.Json;
using Reranker.Client;
using Reranker.Client.Scores;

namespace Reranker.Gateway.Info;

/// <summary>Says what a model's scores are, where this gateway has score maps.</summary>
internal static class ScoreMapInfo
{
    /// <summary>Writes the map of a model; null where other models have one and its scores are sigmoids, nothing where none has.</summary>
    public static void WriteScoreMap(Utf8JsonWriter writer, ScoreMapSet maps, string identity)
    {
        if (maps.IsEmpty)
        {
            return;
        }

        if (maps.FindMap(identity) is not { } map)
        {
            writer.WriteNull("score_map"u8);
            return;
        }

        writer.WriteStartObject("score_map"u8);
        writer.WriteNumber("low_slope"u8, map.Curve.LowSlope);
        writer.WriteNumber("high_slope"u8, map.Curve.HighSlope);
        writer.WriteNumber("intercept"u8, map.Curve.Intercept);
        writer.WriteString("data_sha256"u8, map.Evidence?.DataSha256);
        WriteLongTexts(writer, map.LongTexts);
        writer.WriteEndObject();
    }

    private static void WriteLongTexts(Utf8JsonWriter writer, ScoreMapLongTexts? rule)
    {
        if (rule is null)
        {
            writer.WriteNull("long_texts"u8);
            return;
        }

        writer.WriteStartObject("long_texts"u8);
        writer.WriteNumber("max_chunks"u8, rule.MaxChunks);
        writer.WriteNumber("chunk_overlap"u8, rule.ChunkOverlap);
        writer.WriteBoolean("chunk_at_sentences"u8, rule.ChunkAtSentences);
        if (rule.MaxPairTokens is { } most)
        {
            writer.WriteNumber("max_pair_tokens"u8, most);
        }

        writer.WriteEndObject();
    }
}
