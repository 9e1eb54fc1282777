using System.Text;
using System.Text.Json.Nodes;
using Reranker.Onnx.Families;
using Reranker.Onnx.HuggingFace;
using Reranker.TestKit;
using Reranker.TestKit.Reference;

namespace Reranker.Onnx.Tests.Families.XlmRoberta;

/// <summary>A checkpoint whose tokenizer is another one than this program's is refused when it is imported.</summary>
public sealed class CheckpointTokenizerTests : IDisposable
{
    // 31 pieces, <pad> and <mask>.
    private const int MaskId = 32;

    private readonly TempFolder _temp = new();

    public CheckpointTokenizerTests()
    {
        TinyCheckpoints.Write(_temp["checkpoint"], TinyCheckpoints.Shape(), seed: 1);
        Write(new SentencePieceModel());
    }

    public static TheoryData<string, SentencePieceModel, string> OtherModels => new()
    {
        { "pieces of bytes", new SentencePieceModel { ModelType = 2 }, "type 2" },
        { "words", new SentencePieceModel { ModelType = 3 }, "type 3" },
        { "characters", new SentencePieceModel { ModelType = 4 }, "type 4" },
        { "byte fallback", new SentencePieceModel { ByteFallback = true }, "another way" },
        { "no dummy prefix", new SentencePieceModel { DummyPrefix = false }, "another way" },
        { "white space kept", new SentencePieceModel { RemoveExtraWhiteSpace = false }, "another way" },
        { "white space not escaped", new SentencePieceModel { EscapeWhiteSpace = false }, "another way" },
        { "white space as suffix", new SentencePieceModel { WhiteSpaceAsSuffix = true }, "another way" },
        { "ids of T5", new SentencePieceModel { SpecialIds = (2, -1, 1) }, "2, -1, 1" },
        { "no trainer", new SentencePieceModel { HasTrainer = false }, "missing" },
        { "no rules", new SentencePieceModel { CharsMap = [] }, "missing" },
        { "rules that are cut", new SentencePieceModel { CharsMap = SentencePieceModel.CharsMapOf(new Dictionary<char, int>())[..^7] }, "damaged" },
        { "a rule that leads nowhere", new SentencePieceModel { CharsMap = SentencePieceModel.CharsMapOf(new Dictionary<char, int> { ['q'] = 9 }) }, "damaged" },
        { "no pieces of text", new SentencePieceModel { Pieces = [.. new SentencePieceModel().Pieces.Take(3)] }, "missing" },
        { "an added piece", With("<extra>", 0, SentencePieceModel.UserDefined), "type 4" },
        { "a byte", With("<0x41>", 0, SentencePieceModel.Byte), "type 6" },
        { "a piece that is empty", With("", -1, SentencePieceModel.Normal), "is empty" },
        { "a piece twice", With("a", -1, SentencePieceModel.Normal), "twice" },
        { "a score that is no number", With("zz", float.NaN, SentencePieceModel.Normal), "score" },
        { "an infinite score", With("zz", float.PositiveInfinity, SentencePieceModel.Normal), "score" },
    };

    public static TheoryData<string, string, string> OtherSettings => new()
    {
        { "tokenizer_config.json", """{"do_lower_case": true}""", "do_lower_case" },
        { "tokenizer_config.json", """{"do_lowercase": true}""", "do_lowercase" },
        { "tokenizer_config.json", """{"strip_accents": true}""", "strip_accents" },
        { "tokenizer_config.json", """{"tokenizer_class": "BertTokenizer"}""", "BertTokenizer" },
        { "tokenizer_config.json", """{"cls_token": "[CLS]"}""", "[CLS]" },
        { "tokenizer_config.json", """{"sep_token": {"content": "[SEP]"}}""", "[SEP]" },
        { "tokenizer_config.json", """{"added_tokens_decoder": {"33": {"content": "<user>", "special": false}}}""", "<user>" },
        { "tokenizer_config.json", """{"added_tokens_decoder": {"1": {"content": "<s>"}}}""", "<s>" },
        { "tokenizer_config.json", """{"added_tokens_decoder": {"x": {"content": "<s>"}}}""", "'x'" },
        { "tokenizer_config.json", """{"additional_special_tokens": ["<doc>"]}""", "<doc>" },
        { "tokenizer_config.json", """{"extra_special_tokens": {"image_token": "<image>"}}""", "<image>" },
        { "tokenizer_config.json", """{"sp_model_kwargs": {"enable_sampling": true}}""", "sp_model_kwargs" },
        { "tokenizer_config.json", """{"add_eos_token": false}""", "add_eos_token" },
        { "tokenizer_config.json", """{"do_lower_case": "yes"}""", "do_lower_case" },
        { "tokenizer_config.json", """[]""", "valid" },
        { "tokenizer_config.json", """{"do_lower_case": fal""", "valid" },
        { "tokenizer_config.json", """{"do_lower_case": true, "do_lower_case": false}""", "valid" },
        { "special_tokens_map.json", """{"unk_token": "[UNK]"}""", "[UNK]" },
        { "special_tokens_map.json", """{"additional_special_tokens": [{"content": "<doc>"}]}""", "<doc>" },
        { "special_tokens_map.json", """{"bos_token": 7}""", "bos_token" },
        { "added_tokens.json", """{"<user>": 33}""", "<user>" },
        { "added_tokens.json", """{"<mask>": 31}""", "<mask>" },
        { "sentence_bert_config.json", """{"max_seq_length": 512, "do_lower_case": true}""", "do_lower_case" },
        { "config.json", """{"tokenizer_class": "BertTokenizer"}""", "BertTokenizer" },
        { "config.json", """{"is_decoder": true}""", "is_decoder" },
        { "config.json", """{"bos_token_id": 101}""", "bos_token_id" },
    };

    public static TheoryData<string, string> OtherFastTokenizers => new()
    {
        { """{"normalizer": {"type": "Lowercase"}}""", "Lowercase" },
        { """{"normalizer": {"type": "Sequence", "normalizers": [{"type": "NFKC"}, {"type": "Lowercase"}]}}""", "NFKC" },
        { """{"normalizer": {"type": "BertNormalizer", "lowercase": true}}""", "BertNormalizer" },
        { """{"normalizer": {"type": "Replace", "pattern": {"String": "ä"}, "content": "a"}}""", "Replace" },
        { """{"normalizer": {"type": "Precompiled", "precompiled_charsmap": "AAAA"}}""", "precompiled_charsmap" },
        { """{"normalizer": {"type": "Precompiled"}}""", "precompiled_charsmap" },
        { """{"normalizer": null}""", "normalizer" },
        { """{"normalizer": "Lowercase"}""", "valid" },
        { """{"pre_tokenizer": {"type": "BertPreTokenizer"}}""", "BertPreTokenizer" },
        { """{"pre_tokenizer": {"type": "Metaspace", "replacement": "_"}}""", "Metaspace" },
        { """{"pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "add_prefix_space": false}}""", "Metaspace" },
        { """{"pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "never"}}""", "Metaspace" },
        { """{"post_processor": {"type": "BertProcessing"}}""", "BertProcessing" },
        { """{"post_processor": {"type": "TemplateProcessing", "pair": [{"SpecialToken": {"id": "<s>"}}, {"Sequence": {"id": "A"}}, {"SpecialToken": {"id": "</s>"}}, {"Sequence": {"id": "B"}}, {"SpecialToken": {"id": "</s>"}}]}}""", "pair" },
        { """{"added_tokens": [{"id": 33, "content": "<user>"}]}""", "<user>" },
        { """{"added_tokens": [{"id": 0, "content": "<pad>"}]}""", "<pad>" },
        { """{"added_tokens": [null]}""", "valid" },
        { """{"model": {"type": "BPE"}}""", "BPE" },
        { """{"model": {"type": "Unigram", "unk_id": 3, "vocab": [["<s>", 0]]}}""", "vocab" },
        { """{"model": {"type": "Unigram", "unk_id": 0}}""", "unk_id" },
        { """{"model": {"type": "Unigram", "unk_id": 3, "byte_fallback": true}}""", "byte_fallback" },
        { """{"model": 3}""", "valid" },
    };

    public void Dispose() => _temp.Dispose();

    [Theory]
    [MemberData(nameof(OtherModels))]
    public void A_sentencepiece_model_of_another_kind_is_refused(string kind, SentencePieceModel model, string reason)
    {
        Write(model);

        var error = Assert.Throws<CheckpointException>(Open);

        Assert.True(error.Reason.Contains(reason, StringComparison.Ordinal), $"{kind}: {error.Message}");
        Assert.EndsWith("sentencepiece.bpe.model", error.File, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(OtherSettings))]
    public void A_setting_that_this_tokenizer_does_not_have_is_refused(string file, string settings, string reason)
    {
        Merge(file, settings);

        var error = Assert.Throws<CheckpointException>(Open);

        Assert.Contains(reason, error.Reason, StringComparison.Ordinal);
        Assert.EndsWith(file, error.File, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(OtherFastTokenizers))]
    public void A_fast_tokenizer_that_gives_other_ids_is_refused(string change, string reason)
    {
        var tokenizer = FastTokenizer();
        foreach (var (name, value) in JsonNode.Parse(change)!.AsObject())
        {
            tokenizer[name] = value?.DeepClone();
        }

        Write("tokenizer.json", tokenizer.ToJsonString());

        var error = Assert.Throws<CheckpointException>(Open);

        Assert.Contains(reason, error.Reason, StringComparison.Ordinal);
        Assert.EndsWith("tokenizer.json", error.File, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fast_tokenizer_with_another_vocabulary_is_refused()
    {
        var tokenizer = FastTokenizer();
        tokenizer["model"]!["vocab"]![9]![0] = "Z";
        Write("tokenizer.json", tokenizer.ToJsonString());

        Assert.Contains("'Z'", Assert.Throws<CheckpointException>(Open).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"type": "Precompiled", "precompiled_charsmap": "MAP"}""", """{"type": "Metaspace", "replacement": "▁", "add_prefix_space": true}""")]
    [InlineData(
        """{"type": "Sequence", "normalizers": [{"type": "Precompiled", "precompiled_charsmap": "MAP"}, {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "}]}""",
        """{"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"}, {"type": "Metaspace", "replacement": "▁", "add_prefix_space": true}]}""")]
    [InlineData(
        """{"type": "Sequence", "normalizers": [{"type": "Strip", "strip_left": false, "strip_right": true}, {"type": "Precompiled", "precompiled_charsmap": "MAP"}, {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": "▁"}]}""",
        """{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": true}""")]
    public void Fast_tokenizers_as_converters_write_them_are_taken(string normalizer, string preTokenizer)
    {
        var tokenizer = FastTokenizer();
        tokenizer["normalizer"] = JsonNode.Parse(normalizer.Replace("MAP", CharsMap, StringComparison.Ordinal));
        tokenizer["pre_tokenizer"] = JsonNode.Parse(preTokenizer);
        Write("tokenizer.json", tokenizer.ToJsonString());

        using var checkpoint = Open();

        Assert.Contains(checkpoint.SourceFiles, f => f.EndsWith("tokenizer.json", StringComparison.Ordinal));
    }

    [Fact]
    public void A_checkpoint_with_tokenizer_json_alone_is_taken_with_what_that_describes()
    {
        File.Delete(_temp["checkpoint/sentencepiece.bpe.model"]);
        Write("tokenizer.json", FastAlone().ToJsonString());
        Write("sentence_bert_config.json", """{"do_lower_case": false}""");

        using var checkpoint = Open();

        Assert.Equal("tokenizer.json", checkpoint.TokenizerFiles.Name);
        Assert.IsType<Inference.Tokenization.HuggingFace.FastTokenizer>(checkpoint.Tokenizer);
        Assert.Equal(4, checkpoint.SourceFiles.Count);
    }

    [Theory]
    [InlineData("tokenizer.json", """{"normalizer": {"type": "NFKC"}}""", "NFKC")]
    [InlineData("tokenizer.json", """{"post_processor": {"type": "TemplateProcessing", "pair": [{"SpecialToken": {"id": "<s>"}}, {"Sequence": {"id": "A"}}, {"SpecialToken": {"id": "</s>"}}, {"Sequence": {"id": "B"}}, {"SpecialToken": {"id": "</s>"}}]}}""", "puts a pair together")]
    [InlineData("tokenizer_config.json", """{"do_lower_case": true}""", "do_lower_case")]
    [InlineData("tokenizer_config.json", """{"sep_token": "<pad>"}""", "sep_token")]
    [InlineData("sentence_bert_config.json", """{"do_lower_case": true}""", "do_lower_case")]
    public void It_is_refused_where_its_files_ask_for_another_tokenizer(string file, string change, string reason)
    {
        File.Delete(_temp["checkpoint/sentencepiece.bpe.model"]);
        var tokenizer = FastAlone();
        foreach (var (name, value) in file == "tokenizer.json" ? JsonNode.Parse(change)!.AsObject() : [])
        {
            tokenizer[name] = value?.DeepClone();
        }

        Write("tokenizer.json", tokenizer.ToJsonString());
        if (file != "tokenizer.json")
        {
            Write(file, change);
        }

        var error = Assert.Throws<CheckpointException>(Open);

        Assert.Contains(reason, error.Reason, StringComparison.Ordinal);
        Assert.EndsWith(file, error.File, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_as_published_checkpoints_have_them_are_taken()
    {
        Write("tokenizer_config.json", """
            {"tokenizer_class": "XLMRobertaTokenizer", "model_max_length": 8192, "clean_up_tokenization_spaces": true, "sp_model_kwargs": {},
             "bos_token": "<s>", "cls_token": {"content": "<s>", "lstrip": false}, "pad_token": "<pad>", "mask_token": {"content": "<mask>", "lstrip": true},
             "additional_special_tokens": [], "do_lower_case": false, "add_prefix_space": true,
             "added_tokens_decoder": {"0": {"content": "<s>"}, "1": {"content": "<pad>"}, "2": {"content": "</s>"}, "3": {"content": "<unk>"}, "MASK": {"content": "<mask>"}}}
            """.Replace("MASK", $"{MaskId}", StringComparison.Ordinal));
        Write("special_tokens_map.json", """{"bos_token": "<s>", "eos_token": "</s>", "sep_token": "</s>", "unk_token": {"content": "<unk>"}, "mask_token": "<mask>"}""");
        Write("added_tokens.json", $"{{\"<mask>\": {MaskId}}}");
        Write("sentence_bert_config.json", """{"max_seq_length": 512, "do_lower_case": false}""");

        using var checkpoint = Open();

        Assert.Equal(7, checkpoint.SourceFiles.Count);
    }

    [Theory]
    [InlineData("config.json")]
    [InlineData("model.safetensors")]
    [InlineData("sentencepiece.bpe.model")]
    [InlineData("tokenizer_config.json")]
    [InlineData("tokenizer.json")]
    public void A_git_lfs_pointer_is_called_one(string file)
    {
        Write(file, "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 5069051\n");

        var error = Assert.Throws<CheckpointException>(Open);

        Assert.Contains("Git LFS", error.Reason, StringComparison.Ordinal);
        Assert.EndsWith(file, error.File, StringComparison.Ordinal);
    }

    private static string CharsMap { get; } = Convert.ToBase64String(new SentencePieceModel().CharsMap);

    private static SentencePieceModel With(string piece, float score, int type)
        => new() { Pieces = [.. new SentencePieceModel().Pieces, (piece, score, type)] };

    private static JsonObject FastTokenizer()
    {
        string[] vocabulary = ["<s>", "<pad>", "</s>", "<unk>", .. new SentencePieceModel().Pieces.Skip(3).Select(p => p.Text), "<mask>"];
        return new JsonObject
        {
            ["version"] = "1.0",
            ["truncation"] = null,
            ["added_tokens"] = new JsonArray(
                [.. new[] { 0, 1, 2, 3, MaskId }.Select(id => new JsonObject { ["id"] = id, ["content"] = vocabulary[id], ["special"] = true })]),
            ["normalizer"] = JsonNode.Parse($$"""{"type": "Precompiled", "precompiled_charsmap": "{{CharsMap}}"}"""),
            ["pre_tokenizer"] = JsonNode.Parse("""{"type": "Metaspace", "replacement": "▁", "add_prefix_space": true}"""),
            ["post_processor"] = JsonNode.Parse("""
                {"type": "TemplateProcessing", "pair": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
                 {"SpecialToken": {"id": "</s>", "type_id": 0}}, {"SpecialToken": {"id": "</s>", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 0}},
                 {"SpecialToken": {"id": "</s>", "type_id": 0}}]}
                """),
            ["model"] = new JsonObject
            {
                ["type"] = "Unigram",
                ["unk_id"] = 3,
                ["vocab"] = new JsonArray([.. vocabulary.Select(p => new JsonArray(p, -1.5))]),
            },
        };
    }

    // With a character map that makes spaces of white space, as real ones do.
    private static JsonObject FastAlone() => UnigramFiles.Create(
        new SentencePieceModel().Pieces.Select(p => (p.Text, p.Score)), new SentencePieceFile(File.ReadAllBytes(Goldens.MiniTokenizerPath)).CharsMap, "joined");

    private Checkpoint Open() => Checkpoint.Open(_temp["checkpoint"], ModelFamilies.All);

    private void Write(SentencePieceModel model)
        => File.WriteAllBytes(Path.Combine(_temp["checkpoint"], "sentencepiece.bpe.model"), model.ToBytes());

    private void Write(string file, string content)
        => File.WriteAllText(Path.Combine(_temp["checkpoint"], file), content, new UTF8Encoding(false));

    private void Merge(string file, string settings)
    {
        if (file != "config.json")
        {
            Write(file, settings);
            return;
        }

        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(_temp["checkpoint"], file)))!;
        foreach (var (name, value) in JsonNode.Parse(settings)!.AsObject())
        {
            config[name] = value?.DeepClone();
        }

        Write(file, config.ToJsonString());
    }
}
