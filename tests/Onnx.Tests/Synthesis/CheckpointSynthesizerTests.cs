using System.Security.Cryptography;
using Reranker.Inference.Models;
using Reranker.Inference.Tokenization;
using Reranker.Onnx.Families;
using Reranker.Onnx.Families.XlmRoberta;
using Reranker.Onnx.HuggingFace;
using Reranker.Onnx.Synthesis;
using Reranker.TestKit;
using Reranker.TestKit.Reference;

namespace Reranker.Onnx.Tests.Synthesis;

public sealed class CheckpointSynthesizerTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task The_same_seed_gives_the_same_bytes_on_every_machine()
    {
        await CheckpointSynthesizer.WriteAsync(TinyCheckpoints.Shape(), 5, _temp["checkpoint"], TestContext.Current.CancellationToken);

        // Fixed numbers: they would differ on a machine that rounds or orders differently.
        Assert.Equal(("3db8663703a26fe6", "6556e09a37af1d25"), (Hash("model.safetensors")[..16], Hash("sentencepiece.bpe.model")[..16]));
    }

    [Fact]
    public void Shards_hold_the_values_of_the_single_file()
    {
        TinyCheckpoints.Write(_temp["single"], TinyCheckpoints.Shape(), seed: 5);
        TinyCheckpoints.Write(_temp["sharded"], TinyCheckpoints.Shape(), seed: 5, shards: 3);
        using var single = Checkpoint.Open(_temp["single"], ModelFamilies.All);
        using var sharded = Checkpoint.Open(_temp["sharded"], ModelFamilies.All);

        Assert.All(XlmRobertaTensors.ListAll(single.Shape), t => Assert.Equal(single[t.Name].ReadAll(), sharded[t.Name].ReadAll()));
    }

    [Fact]
    public void Its_tokenizer_reads_several_scripts_and_ids_stay_below_the_embedding_rows()
    {
        SyntheticVocabulary.Write(_temp["spm"], 3_000, 7);
        var tokenizer = XlmRobertaTokenizer.Load(_temp["spm"]);

        var ids = tokenizer.Encode("bada keti mosu, привет 中文 が 한 42").Ids;

        Assert.True(tokenizer.VocabularySize <= 3_002);
        Assert.InRange(ids.Length, 8, 40);
        Assert.All(ids, id => Assert.InRange(id, 3, 3_000));
        Assert.InRange(ids.Count(id => id == PairLayout.UnknownId), 0, ids.Length / 3);
    }

    [Fact]
    public void Every_name_is_a_shape() => Assert.All(
        SyntheticShapes.Names, name => Assert.True(SyntheticShapes.Find(name) is not null ^ SyntheticFamilies.Find(name, 1) is not null));

    // The real ones have 22 layers and half a gigabyte.
    [Theory]
    [InlineData("minilm-l6", "bert", 384)]
    [InlineData("modernbert-base", "modernbert", 768)]
    [InlineData("gte-multilingual-base", "new", 768)]
    public void Other_families_are_written_by_their_own_description(string name, string family, int hidden)
    {
        var (config, tokenizer) = SyntheticFamilies.Find(name, 1)!.Value;
        Assert.Equal(hidden, config["hidden_size"]!.GetValue<int>());
        (config["num_hidden_layers"], config["hidden_size"], config["intermediate_size"]) = (2, 96, 48);

        SyntheticFamilies.Write(config, tokenizer, 1, _temp["checkpoint"], StoredType.F16, CancellationToken.None);

        using var checkpoint = Checkpoint.Open(_temp["checkpoint"], ModelFamilies.All);
        var ids = checkpoint.Tokenizer.Encode("bada keti mosu: 42 houses").Ids;
        Assert.Equal(family, checkpoint.Family.Name);
        Assert.InRange(ids.Length, 5, 30);
        Assert.All(ids, id => Assert.InRange(id, 0, checkpoint.Shape.Vocabulary - 1));
        Assert.InRange(checkpoint[TensorNames.NameWeight(XlmRobertaTensors.EmbeddingNorm)].ReadAll().Average(), 0.9f, 1.1f);
    }

    [Fact]
    public async Task A_folder_with_files_is_left_alone()
    {
        File.WriteAllText(_temp["notes.txt"], "mine");

        await Assert.ThrowsAsync<IOException>(() => CheckpointSynthesizer.WriteAsync(
            TinyCheckpoints.Shape(), 1, _temp.Path, TestContext.Current.CancellationToken));
    }

    private string Hash(string file)
        => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(_temp["checkpoint"], file))));
}
