using Reranker.Inference.Models;
using Reranker.Inference.Tokenization;
using Reranker.Inference.Tokenization.HuggingFace;
using Reranker.Onnx.Families.Common;
using Reranker.Onnx.HuggingFace;

namespace Reranker.Onnx.Families.XlmRoberta;

/// <summary>
/// XLM-RoBERTa's tokenizer: the SentencePiece model where the checkpoint has it, and where it was published with
/// <c>tokenizer.json</c> alone, what that describes.
/// </summary>
internal static class XlmRobertaFiles
{
    private const string ModelFile = "sentencepiece.bpe.model";
    private const string MaskToken = "<mask>";

    /// <summary>Reads it as a silo loads it, and checks everything beside it that says how texts become ids.</summary>
    /// <param name="root">The checkpoint folder.</param>
    /// <param name="shape">Shape of the encoder.</param>
    /// <exception cref="CheckpointException">There is none, or files ask for another tokenizer than this program's.</exception>
    public static TokenizerFiles Read(string root, ModelShape shape)
        => !File.Exists(Path.Combine(root, ModelFile)) && File.Exists(Path.Combine(root, FastTokenizerFile.FileName)) ? ReadFast(root, shape) : ReadPieces(root, shape);

    private static TokenizerFiles ReadFast(string root, ModelShape shape)
    {
        var files = CheckpointTokenizer.Read(root, shape, (_, _, _) => throw new InvalidOperationException("tokenizer.json is there."));
        var path = Path.Combine(root, FastTokenizerFile.FileName);
        if (files.Tokenizer is not FastTokenizer fast || !fast.Template.IsSameAs(PairTemplate.XlmRoberta) || fast.HasTwoSegments || fast.UnknownId != PairLayout.UnknownId)
        {
            throw new CheckpointException(path, "puts a pair together in another way than <s> query </s></s> passage </s>, or has other ids for these and <unk> than XLM-RoBERTa");
        }

        var tokens = new XlmRobertaTokens(fast.Vocabulary.GetValueOrDefault(MaskToken, fast.VocabularySize - 1));
        return files with { Sources = [.. files.Sources.Union(CheckSettings(root, tokens))] };
    }

    private static TokenizerFiles ReadPieces(string root, ModelShape shape)
    {
        var path = Path.Combine(root, ModelFile);
        var tokenizer = LoadPieces(path);
        if (tokenizer.VocabularySize > shape.Vocabulary)
        {
            throw new CheckpointException(path, $"gives ids up to {tokenizer.VocabularySize - 1}; the embedding table has {shape.Vocabulary} rows");
        }

        var tokens = new XlmRobertaTokens(tokenizer.VocabularySize - 1);
        var settings = CheckSettings(root, tokens);
        var fast = Path.Combine(root, FastTokenizerFile.FileName);
        if (File.Exists(fast))
        {
            FastTokenizerFile.Check(fast, tokenizer, tokens);
            settings.Add(fast);
        }

        return new TokenizerFiles(tokenizer, ModelFile, CheckpointFile.ReadBytes(path), [path, .. settings]);
    }

    private static List<string> CheckSettings(string root, XlmRobertaTokens tokens)
    {
        var settings = TokenizerSettings.Files.Select(f => Path.Combine(root, f)).Where(File.Exists).ToList();
        settings.ForEach(s => TokenizerSettings.Check(s, tokens));
        return settings;
    }

    private static XlmRobertaTokenizer LoadPieces(string path)
    {
        if (!File.Exists(path))
        {
            throw new CheckpointException(path, $"missing, and there is no {FastTokenizerFile.FileName}; the tokenizer is read from one of them");
        }

        try
        {
            return XlmRobertaTokenizer.Load(path);
        }
        catch (ModelFolderException e)
        {
            throw new CheckpointException(e.File, e.Reason, e);
        }
    }
}
