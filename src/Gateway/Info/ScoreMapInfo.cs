using System.Text.Json;
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
        writer.WriteEndObject();
    }
}
