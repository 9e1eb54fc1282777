using System.IO.Compression;
using System.Text;
using Reranker.TestKit;
using Reranker.Tool.Input;

namespace Reranker.Tool.Tests.Input;

public sealed class DataFilesTests : IDisposable
{
    private const string Line = """{"set":"s","query":"q","documents":["a","b"],"relevant":1}""" + "\n";

    // Line as xz writes it; the library that reads it does not write it.
    private const string Xz =
        "/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4AA6ADldAD2IimaUY31zyyPT8mr/l62lT3jOoR4AQDPThEF3f9t9/+cpmz2ntGv+f+EGwJVczh3YpMEkBzk1AAAAAADgfey2Bv1LLwABVTse9UFWH7bzfQEAAAAABFla";

    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData(".jsonl", 2)]
    [InlineData(".gz", 2)]
    [InlineData(".br", 1)]
    [InlineData(".xz", 2)]
    [InlineData(".XZ", 2)]
    public async Task A_file_is_read_whole_also_of_streams_one_behind_the_other(string extension, int times)
    {
        var path = _temp[$"data{extension}"];
        var one = Compress(extension);
        File.WriteAllBytes(path, [.. Enumerable.Repeat(one, times).SelectMany(b => b)]);

        var (queries, hash) = await TextPairs.ReadQueriesAsync(path, TestContext.Current.CancellationToken);

        Assert.Equal(times, queries.Count);
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(Line, times))))), hash);
    }

    [Theory]
    [InlineData(".gz")]
    [InlineData(".br")]
    [InlineData(".xz")]
    public void What_is_not_compressed_as_its_name_says_or_was_cut_is_one_error(string extension)
    {
        var (path, whole) = (_temp[$"data{extension}"], Compress(extension));
        byte[][] damaged = [Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(Line, 50))), .. Enumerable.Range(1, whole.Length - 1).Select(length => whole[..length])];

        Assert.All(damaged, content =>
        {
            File.WriteAllBytes(path, content);
            Assert.StartsWith($"{path}: cannot be decompressed", Assert.Throws<InputException>(() => DataFiles.ReadAll(path)).Message, StringComparison.Ordinal);
        });
    }

    [Theory]
    [InlineData(".gz")]
    [InlineData(".br")]
    [InlineData(".xz")]
    public void What_is_behind_the_end_is_not_passed_over(string extension)
    {
        var (path, whole) = (_temp[$"data{extension}"], Compress(extension));
        byte[][] behind = ["x"u8.ToArray(), [0x1F], [0x1F, 0x8B], Encoding.UTF8.GetBytes(Line), new byte[20_000].Select(_ => (byte)'x').ToArray(), [.. whole, (byte)'x']];

        Assert.All(behind, more =>
        {
            File.WriteAllBytes(path, [.. whole, .. more]);
            Assert.StartsWith($"{path}: cannot be decompressed", Assert.Throws<InputException>(() => DataFiles.ReadAll(path)).Message, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void What_is_too_large_to_be_read_whole_is_refused()
    {
        var path = _temp["data.jsonl"];
        using (var file = File.Create(path))
        {
            file.SetLength(3L << 30);
        }

        Assert.Contains("is read whole", Assert.Throws<InputException>(() => DataFiles.ReadAll(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_that_are_no_text_are_refused_and_not_scored_as_something_else()
    {
        var path = _temp["data.jsonl"];
        File.WriteAllBytes(path, Encoding.Latin1.GetBytes(Line + Line.Replace("\"q\"", "\"B\u00fccher\"", StringComparison.Ordinal)));

        var ranking = await Assert.ThrowsAsync<InputException>(() => TextPairs.ReadQueriesAsync(path, TestContext.Current.CancellationToken));
        var calibration = Assert.Throws<InputException>(() => TextPairs.ReadCalibration(new FileInfo(path), 5, TextWriter.Null));

        Assert.All([ranking, calibration], e => Assert.Contains("line 2 is no UTF-8", e.Message, StringComparison.Ordinal));
    }

    private static byte[] Compress(string extension)
    {
        if (extension.Equals(".xz", StringComparison.OrdinalIgnoreCase))
        {
            return Convert.FromBase64String(Xz);
        }

        using var memory = new MemoryStream();
        using (Stream? stream = extension switch { ".gz" => new GZipStream(memory, CompressionLevel.Fastest), ".br" => new BrotliStream(memory, CompressionLevel.Fastest), _ => null })
        {
            (stream ?? memory).Write(Encoding.UTF8.GetBytes(Line));
        }

        return memory.ToArray();
    }
}
