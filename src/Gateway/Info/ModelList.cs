using System.Text.Json;
using Reranker.Client.Scores;
using Reranker.Fleet;

namespace Reranker.Gateway.Info;

/// <summary>Writes models in OpenAI's shape.</summary>
internal static class ModelList
{
    /// <summary>Writes the list of all models.</summary>
    public static void Write(Utf8JsonWriter writer, FleetInfo info, ScoreMapSet maps)
    {
        writer.WriteStartObject();
        writer.WriteString("object"u8, "list");
        writer.WriteStartArray("data"u8);
        foreach (var model in info.Models)
        {
            WriteModel(writer, model, maps);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <summary>Writes one of them.</summary>
    public static void WriteModel(Utf8JsonWriter writer, ModelInfo model, ScoreMapSet maps)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, model.Name);
        writer.WriteString("object"u8, "model");
        writer.WriteNumber("created"u8, 0);
        writer.WriteString("owned_by"u8, "reranker");

        // Xinference's client, and so Dify, asks what kind of model it is before it uses one.
        writer.WriteString("model_type"u8, "rerank");
        writer.WriteNumber("max_model_len"u8, model.MaxPairTokens);
        writer.WriteString("identity"u8, model.Identity);
        writer.WriteString("precision"u8, model.Precision);
        if (model.Calibration is { } calibration)
        {
            writer.WriteString("calibration"u8, calibration);
        }

        ScoreMapInfo.WriteScoreMap(writer, maps, model.Identity);
        writer.WriteNumber("ready_workers"u8, model.ReadyWorkers);
        writer.WriteEndObject();
    }
}
