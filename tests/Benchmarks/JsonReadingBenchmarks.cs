using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using Reranker.Gateway.Configuration;
using Reranker.Gateway.Dialects.Tei;
using Reranker.Gateway.Json;

namespace Reranker.Benchmarks;

/// <summary>A body to a call: what the gateway does with every byte that it takes.</summary>
public class JsonReadingBenchmarks
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly GatewayOptions _options = new();
    private readonly TeiDialect _dialect = new();
    private byte[] _body = [];

    /// <summary>Whether letters beyond ASCII are escaped, as Python's clients do.</summary>
    [Params(false, true)]
    public bool Escaped { get; set; }

    [GlobalSetup]
    public void WriteBody() => _body = JsonSerializer.SerializeToUtf8Bytes(
        new { query = "which bridge was built", texts = SampleTexts.CreatePassages(100, 500) }, Escaped ? JsonSerializerOptions.Default : Relaxed);

    [Benchmark(Description = "read 100 passages of 500 characters")]
    public int ReadBody() => _dialect.ReadCall(JsonFields.Parse(new ReadOnlySequence<byte>(_body)), _options).Passages.Length;
}
