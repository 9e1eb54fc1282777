using System.Text;
using Reranker.Onnx.HuggingFace;
using Reranker.TestKit;

namespace Reranker.Onnx.Tests.HuggingFace;

public sealed class SafetensorsFileTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void Tensors_are_read_at_any_place()
    {
        var data = new byte[12];
        BitConverter.TryWriteBytes(data.AsSpan(4), 1.5f);
        BitConverter.TryWriteBytes(data.AsSpan(8), (Half)(-2));
        BitConverter.TryWriteBytes(data.AsSpan(10), (ushort)0x4040);
        using var file = Open(
            """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F16","shape":[1],"data_offsets":[8,10]},"c":{"dtype":"BF16","shape":[1,1],"data_offsets":[10,12]}}""",
            data);

        var second = new float[1];
        file.Tensors[0].Read(1, second);

        Assert.Equal(1.5f, second[0]);
        Assert.Equal([-2f], file.Tensors[1].ReadAll());
        Assert.Equal([3f], file.Tensors[2].ReadAll());
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 7, "'a'", "cut")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 9, "1 bytes", "no tensor")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "'b'", "overlaps")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "'a'", "hole")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", 8, "'a'", "8 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4294967296,4294967296,4],"data_offsets":[0,0]}}""", 0, "'a'", "0 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4, "'a'", "4 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1,0],"data_offsets":[0,0]}}""", 0, "'a'", "0 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[8,4]}}""", 8, "'a'", "data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,9223372036854775807]}}""", 8, "'a'", "data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1]}}""", 4, "header", "valid")]
    [InlineData("""{"a":{"dtype":"F32","shape":"x","data_offsets":[0,4]}}""", 4, "header", "valid")]
    [InlineData("""[1]""", 0, "header", "valid")]
    [InlineData("""{"a":""", 0, "header", "valid")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "header", "valid")]
    public void A_header_that_lies_is_one_error_that_names_file_and_tensor(string header, int dataBytes, string name, string reason)
    {
        var error = Assert.Throws<CheckpointException>(() => Open(header, new byte[dataBytes]));

        Assert.Equal(_temp["model.safetensors"], error.File);
        Assert.Contains(name, error.Reason, StringComparison.Ordinal);
        Assert.Contains(reason, error.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[] { 1, 2, 3 }, "3 bytes")]
    [InlineData(new byte[] { 255, 255, 255, 255, 255, 255, 255, 255 }, "header of 18446744073709551615")]
    [InlineData(new byte[] { 9, 0, 0, 0, 0, 0, 0, 0, 1 }, "header of 9")]
    public void A_header_length_beyond_the_file_is_refused_before_memory_is_taken(byte[] content, string reason)
    {
        File.WriteAllBytes(_temp["model.safetensors"], content);

        var error = Assert.Throws<CheckpointException>(() => SafetensorsFile.Open(_temp["model.safetensors"]));

        Assert.Contains(reason, error.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tensor_of_integers_is_listed_but_not_read()
    {
        using var file = Open("""{"ids":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}""", new byte[8]);

        var error = Assert.Throws<CheckpointException>(() => file.Tensors[0].ReadAll());

        Assert.Contains("'ids' has type I64", error.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("F16, BF16")]
    [InlineData("3")]
    [InlineData("Other")]
    [InlineData("f32")]
    [InlineData(" F32")]
    public void A_data_type_is_an_exact_name(string type)
    {
        using var file = Open($$$"""{"a":{"dtype":"{{{type}}}","shape":[2],"data_offsets":[0,4]}}""", new byte[4]);

        var error = Assert.Throws<CheckpointException>(() => file.Tensors[0].ReadAll());

        Assert.Contains($"'a' has type {type}", error.Reason, StringComparison.Ordinal);
    }

    private SafetensorsFile Open(string header, byte[] data)
    {
        var json = Encoding.UTF8.GetBytes(header);
        File.WriteAllBytes(_temp["model.safetensors"], [.. BitConverter.GetBytes((ulong)json.Length), .. json, .. data]);
        return SafetensorsFile.Open(_temp["model.safetensors"]);
    }
}
