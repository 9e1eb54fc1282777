using BenchmarkDotNet.Attributes;
using Reranker.Inference.Models;
using Reranker.Inference.Tokenization;

namespace Reranker.Benchmarks;

/// <summary>Text to token ids: what a silo does first of all with a request.</summary>
public class TokenizerBenchmarks
{
    private readonly string[] _passages = SampleTexts.CreatePassages(100, 500);
    private XlmRobertaTokenizer _tokenizer = null!;

    [GlobalSetup]
    public void LoadTokenizer() =>
        _tokenizer = XlmRobertaTokenizer.Load(ModelFolder.Open(Path.Combine(AppContext.BaseDirectory, "models", "mini")).TokenizerPath);

    [Benchmark(Description = "tokenize 100 passages of 500 characters on one thread")]
    public int TokenizePassages()
    {
        var tokens = 0;
        foreach (var passage in _passages)
        {
            tokens += _tokenizer.Encode(passage).Ids.Length;
        }

        return tokens;
    }
}
