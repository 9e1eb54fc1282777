using CsCheck;
using Reranker.Onnx.Families;
using Reranker.Onnx.HuggingFace;
using Reranker.TestKit;
using Reranker.TestKit.Reference;

namespace Reranker.Onnx.Tests.HuggingFace;

/// <summary>Whatever was done to a file of a checkpoint, opening it succeeds or ends in the one error that callers expect.</summary>
public sealed class DamagedCheckpointTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData("config.json", 700)]
    [InlineData("model-00001-of-00002.safetensors", 700)]
    [InlineData("model.safetensors.index.json", 700)]
    [InlineData("sentencepiece.bpe.model", 700)]
    [InlineData("tokenizer_config.json", 700)]
    [InlineData("special_tokens_map.json", 700)]
    [InlineData("tokenizer.json", 700)]
    public void Bytes_that_are_cut_put_in_or_changed_give_a_checkpoint_or_one_error(string file, int times)
    {
        TinyCheckpoints.Write(_temp["checkpoint"], TinyCheckpoints.Shape(), seed: 1, shards: 2);
        File.WriteAllBytes(In("sentencepiece.bpe.model"), new SentencePieceModel().ToBytes());
        File.WriteAllText(In("tokenizer_config.json"), """{"do_lower_case": false, "cls_token": {"content": "<s>"}, "added_tokens_decoder": {"0": {"content": "<s>"}}, "additional_special_tokens": []}""");
        File.WriteAllText(In("special_tokens_map.json"), """{"cls_token": "<s>", "mask_token": {"content": "<mask>"}}""");
        File.WriteAllText(In("tokenizer.json"), """{"added_tokens": [{"id": 0, "content": "<s>"}], "model": {"type": "Unigram", "unk_id": 3}, "normalizer": {"type": "Precompiled", "precompiled_charsmap": "AAAA"}, "pre_tokenizer": {"type": "Metaspace", "replacement": "▁"}}""");
        var whole = File.ReadAllBytes(In(file));

        // The header is what can lie; the numbers behind it are checked when they are read.
        var end = Math.Min(whole.Length, 6000);
        Gen.Select(Gen.Int[0, end - 1], Gen.Int[0, 30], Gen.Byte.Array[0, 6], Gen.Bool).Sample(
            (at, cut, put, truncate) =>
            {
                byte[] damaged = truncate ? whole[..at] : [.. whole[..at], .. put, .. whole[Math.Min(whole.Length, at + cut)..]];
                File.WriteAllBytes(In(file), damaged);
                try
                {
                    Checkpoint.Open(_temp["checkpoint"], ModelFamilies.All).Dispose();
                }
                catch (CheckpointException)
                {
                }
            },
            iter: times, seed: "0000000000C1", threads: 1);
    }

    private string In(string file) => Path.Combine(_temp["checkpoint"], file);
}
