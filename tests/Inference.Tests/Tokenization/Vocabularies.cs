using Reranker.Inference.Tokenization;
using Reranker.TestKit;

namespace Reranker.Inference.Tests.Tokenization;

/// <summary>The two vocabularies, loaded once for all tests: nothing in a tokenizer changes.</summary>
internal static class Vocabularies
{
    private static readonly Lazy<XlmRobertaTokenizer> LazyMini = new(() => XlmRobertaTokenizer.Load(Goldens.MiniTokenizerPath));
    private static readonly Lazy<XlmRobertaTokenizer> LazyXlmr = new(() =>
    {
        using var model = Goldens.OpenXlmrTokenizer();
        return XlmRobertaTokenizer.Load(model, "xlmr");
    });

    public static XlmRobertaTokenizer Mini => LazyMini.Value;

    public static XlmRobertaTokenizer Get(string name) => name == "mini" ? Mini : LazyXlmr.Value;

    public static PairTokenizer Pairs(int threads = 2, int chunkCharacters = 4096)
        => new(Mini, new TokenizerOptions { Threads = threads, ChunkCharacters = chunkCharacters }, TimeProvider.System);
}
