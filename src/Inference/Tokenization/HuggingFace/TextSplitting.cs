namespace Reranker.Inference.Tokenization.HuggingFace;

/// <summary>How a pre-tokenizer splits a text.</summary>
/// <param name="ModelType">Type of the models that read such words, as files name it.</param>
/// <param name="Split">Splits a normalized text.</param>
/// <param name="Prefix">What it puts before a text; null for nothing.</param>
/// <param name="Prepare">What it does to a text before that; null for nothing.</param>
internal sealed record TextSplitting(string ModelType, WordSplitter Split, PrefixRule? Prefix = null, TextNormalizer? Prepare = null);

/// <summary>What is put before a text that does not begin with it already.</summary>
/// <param name="Character">The code point.</param>
/// <param name="Always">True: also behind an added token. False: before the whole text alone.</param>
internal sealed record PrefixRule(int Character, bool Always);
