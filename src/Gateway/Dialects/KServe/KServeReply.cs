using System.Buffers;
using System.Text.Json;
using Reranker.Gateway.Calls;

namespace Reranker.Gateway.Dialects.KServe;

/// <summary>Writes tensors of scores, in the order of the passages.</summary>
internal static class KServeReply
{
    public static void Write(Utf8JsonWriter writer, KServeCall call, RankedReply reply)
    {
        writer.WriteStartObject();
        writer.WriteString("model_name"u8, reply.Result.Model);
        writer.WriteString("model_version"u8, reply.Result.ModelIdentity);
        if (!string.IsNullOrEmpty(call.Id))
        {
            writer.WriteString("id"u8, call.Id);
        }

        writer.WriteStartArray("outputs"u8);
        foreach (var output in call.Outputs)
        {
            WriteTensor(writer, call, output, reply);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <summary>Writes the tensors that are wanted as bytes, in the order of the outputs.</summary>
    public static void WriteAttached(IBufferWriter<byte> buffer, KServeCall call, RankedReply reply)
    {
        foreach (var output in call.Outputs)
        {
            if (output.IsBinary)
            {
                output.WriteBytes(buffer, reply.Result.Passages);
            }
        }
    }

    private static void WriteTensor(Utf8JsonWriter writer, KServeCall call, KServeOutput output, RankedReply reply)
    {
        writer.WriteStartObject();
        writer.WriteString("name"u8, output.Name);
        writer.WriteString("datatype"u8, KServeTensors.ScoreType);
        writer.WriteStartArray("shape"u8);
        foreach (var size in call.Shape)
        {
            writer.WriteNumberValue(size);
        }

        writer.WriteEndArray();
        if (output.IsBinary)
        {
            writer.WriteStartObject("parameters"u8);
            writer.WriteNumber("binary_data_size"u8, (long)reply.Result.Passages.Count * sizeof(float));
            writer.WriteEndObject();
        }
        else
        {
            writer.WriteStartArray("data"u8);
            foreach (var passage in reply.Result.Passages)
            {
                writer.WriteNumberValue(output.FindValue(passage));
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }
}
