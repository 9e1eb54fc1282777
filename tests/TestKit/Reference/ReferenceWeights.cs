using System.Buffers.Binary;
using System.Text.Json;

namespace Reranker.TestKit.Reference;

/// <summary>Reads all tensors of a checkpoint into memory as doubles; simple on purpose, and nothing of the importer's.</summary>
public sealed class ReferenceWeights
{
    private readonly Dictionary<string, double[]> _tensors = [];

    /// <summary>Reads every safetensors file of a folder.</summary>
    public ReferenceWeights(string folder)
    {
        foreach (var file in Directory.GetFiles(folder, "*.safetensors"))
        {
            Read(File.ReadAllBytes(file));
        }
    }

    /// <summary>A tensor, row by row.</summary>
    public double[] this[string name] => _tensors[name];

    private void Read(byte[] file)
    {
        var headerLength = (int)BinaryPrimitives.ReadUInt64LittleEndian(file);
        using var header = JsonDocument.Parse(file.AsMemory(8, headerLength));
        foreach (var tensor in header.RootElement.EnumerateObject().Where(t => t.Name != "__metadata__"))
        {
            var begin = 8 + headerLength + tensor.Value.GetProperty("data_offsets")[0].GetInt32();
            var end = 8 + headerLength + tensor.Value.GetProperty("data_offsets")[1].GetInt32();
            _tensors[tensor.Name] = Values(tensor.Value.GetProperty("dtype").GetString()!, file.AsSpan(begin, end - begin));
        }
    }

    private static double[] Values(string type, ReadOnlySpan<byte> bytes)
    {
        var values = new double[bytes.Length / (type == "F32" ? 4 : 2)];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = type switch
            {
                "F32" => BinaryPrimitives.ReadSingleLittleEndian(bytes[(4 * i)..]),
                "F16" => (double)BinaryPrimitives.ReadHalfLittleEndian(bytes[(2 * i)..]),
                "BF16" => BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadInt16LittleEndian(bytes[(2 * i)..]) << 16),
                _ => throw new NotSupportedException(type),
            };
        }

        return values;
    }
}
