namespace Reranker.Inference.Tokenization.HuggingFace;

/// <summary>Reads normalizer and pre-tokenizer of a tokenizer's file.</summary>
internal static class TokenizerStepReader
{
    /// <summary>The normalizer; null where there is none.</summary>
    public static TextNormalizer? ReadNormalizer(TokenizerNode root)
    {
        TextNormalizer? steps = null;
        foreach (var step in root.ListSteps("normalizer", "normalizers"))
        {
            var lowers = step.FindSwitch("lowercase") ?? true;
            steps += step.Type switch
            {
                "BertNormalizer" => TextNormalizers.CreateBert(
                    step.FindSwitch("clean_text") ?? true, step.FindSwitch("handle_chinese_chars") ?? true,
                    step.FindSwitch("strip_accents") ?? lowers, lowers),
                "NFC" => CanonicalForms.Compose,
                "NFD" => CanonicalForms.Decompose,
                "Lowercase" => TextNormalizers.Lower,
                var type => throw step.Refuse($"normalizes texts by {type}, which this tokenizer does not do"),
            };
        }

        return steps;
    }

    /// <summary>The pre-tokenizer: how words are split, whether a space comes before the first, and whether the model sees bytes.</summary>
    public static (WordSplitter Split, bool AddsPrefixSpace, bool IsByteLevel) ReadSplitter(TokenizerNode root)
    {
        var steps = root.ListSteps("pre_tokenizer", "pretokenizers").ToList();
        root.Require(steps.Count == 1, $"splits texts by {string.Join(", ", steps.Select(s => s.Type))}; BertPreTokenizer or ByteLevel alone is done");
        var step = steps[0];
        switch (step.Type)
        {
            case "BertPreTokenizer":
                return (WordSplitters.SplitBert, false, false);
            case "ByteLevel":
                step.Require(step.FindSwitch("use_regex") ?? true, "splits texts by ByteLevel without its pattern, which this tokenizer does not do");
                return (WordSplitters.SplitByteLevel, step.FindSwitch("add_prefix_space") ?? true, true);
            case var type:
                throw step.Refuse($"splits texts by {type}, which this tokenizer does not do");
        }
    }
}
