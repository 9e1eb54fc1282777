using System.Text.Json;
using System.Text.Json.Serialization;

namespace Reranker.Inference.Costs;

/// <summary>Reads and writes a <see cref="CostForm"/> by its exact name: the framework's own converter takes lists of names too, and adds them up.</summary>
internal sealed class CostFormConverter : JsonConverter<CostForm>
{
    public override CostForm Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var name = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
        foreach (var form in Enum.GetValues<CostForm>())
        {
            if (form.ToString() == name)
            {
                return form;
            }
        }

        throw new JsonException("The form of a cost table is none that is known.");
    }

    public override void Write(Utf8JsonWriter writer, CostForm value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
