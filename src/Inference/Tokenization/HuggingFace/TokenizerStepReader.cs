namespace Reranker.Inference.Tokenization.HuggingFace;

/// <summary>Reads normalizer and pre-tokenizer of a tokenizer's file.</summary>
internal static class TokenizerStepReader
{
    /// <summary>Model types, as the file names them.</summary>
    public const string WordPieceType = "WordPiece";

    /// <inheritdoc cref="WordPieceType"/>
    public const string BytePairType = "BPE";

    /// <inheritdoc cref="WordPieceType"/>
    public const string UnigramType = "Unigram";

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
                "Precompiled" => ReadPrecompiled(step),
                "Strip" => SpaceNormalizers.CreateStrip(step.FindSwitch("strip_left") ?? true, step.FindSwitch("strip_right") ?? true),
                "Replace" => ReadReplace(step),
                var type => throw step.Refuse($"normalizes texts by {type}, which this tokenizer does not do"),
            };
        }

        return steps;
    }

    /// <summary>The pre-tokenizer.</summary>
    public static TextSplitting ReadSplitting(TokenizerNode root)
    {
        var steps = root.ListSteps("pre_tokenizer", "pretokenizers").ToList();
        if (steps is [{ Type: "WhitespaceSplit" }, { Type: "Metaspace" } spaced])
        {
            var rule = ReadMetaspace(spaced);
            spaced.Require(rule is { Always: true }, "splits texts by WhitespaceSplit and a Metaspace that does not begin every word, which this tokenizer does not do");
            return new TextSplitting(UnigramType, SpaceNormalizers.SplitMetaspace, rule, SpaceNormalizers.SplitWhiteSpace);
        }

        root.Require(
            steps.Count == 1, $"splits texts by {string.Join(", ", steps.Select(s => s.Type))}; BertPreTokenizer, ByteLevel or Metaspace alone are done, and WhitespaceSplit before Metaspace");
        var step = steps[0];
        switch (step.Type)
        {
            case "BertPreTokenizer":
                return new TextSplitting(WordPieceType, WordSplitters.SplitBert);
            case "ByteLevel":
                step.Require(step.FindSwitch("use_regex") ?? true, "splits texts by ByteLevel without its pattern, which this tokenizer does not do");
                return new TextSplitting(BytePairType, WordSplitters.SplitByteLevel, step.FindSwitch("add_prefix_space") ?? true ? new PrefixRule(' ', Always: false) : null);
            case "Metaspace":
                // A text is read in parts, which begin with white space: what is no space in the end would get a U+2581 of its own.
                root.Require(
                    root.ListSteps("normalizer", "normalizers").Any(s => s.Type == "Precompiled"),
                    "splits texts by Metaspace and has no precompiled_charsmap that makes spaces of white space, which this tokenizer does not do");
                return new TextSplitting(UnigramType, SpaceNormalizers.SplitMetaspace, ReadMetaspace(step), SpaceNormalizers.WriteMetaspaces);
            case var type:
                throw step.Refuse($"splits texts by {type}, which this tokenizer does not do");
        }
    }

    private static TextNormalizer ReadPrecompiled(TokenizerNode step)
    {
        var map = Convert.FromBase64String(step.GetText("precompiled_charsmap"));
        return step.ReadWith(file => new PrecompiledNormalizer(map, file)).Normalize;
    }

    // The one that converters of SentencePiece models write.
    private static TextNormalizer ReadReplace(TokenizerNode step)
    {
        var (pattern, content) = (step.GetObject("pattern").FindText("Regex"), step.GetText("content"));
        step.Require(
            pattern == " {2,}" && content is " " or "\u2581", $"replaces {step.GetObject("pattern").Element.GetRawText()} by '{content}' in texts, which this tokenizer does not do");
        return SpaceNormalizers.CreateJoin(content[0]);
    }

    private static PrefixRule? ReadMetaspace(TokenizerNode step)
    {
        var (scheme, prefixes) = (step.FindText("prepend_scheme") ?? "always", step.FindSwitch("add_prefix_space") ?? true);
        step.Require((step.FindText("replacement") ?? "\u2581") == "\u2581", $"writes spaces as '{step.FindText("replacement")}', which this tokenizer does not do");
        step.Require(step.FindSwitch("split") ?? true, "has a Metaspace that does not split, which this tokenizer does not do");
        step.Require(prefixes || step.FindText("prepend_scheme") is null or "never", $"has add_prefix_space beside the prepend_scheme '{scheme}'");
        return (prefixes ? scheme : "never") switch
        {
            "always" => new PrefixRule(SpaceNormalizers.Metaspace, Always: true),
            "first" => new PrefixRule(SpaceNormalizers.Metaspace, Always: false),
            "never" => null,
            _ => throw step.Refuse($"has the prepend_scheme '{scheme}', which nobody knows"),
        };
    }
}
