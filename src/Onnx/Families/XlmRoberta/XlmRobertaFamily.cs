using System.Text.Json;
using Reranker.Inference.Models;
using Reranker.Inference.Tokenization;
using Reranker.Onnx.HuggingFace;

namespace Reranker.Onnx.Families.XlmRoberta;

/// <summary><c>XLMRobertaForSequenceClassification</c> with one label: bge-reranker-v2-m3 and its kin.</summary>
internal sealed class XlmRobertaFamily : IModelFamily
{
    private const string TokenizerFile = "sentencepiece.bpe.model";

    public string Name => ModelManifest.XlmRobertaFamily;

    public string Architecture => XlmRobertaConfig.Architecture;

    public FamilyShape ReadShape(string path, JsonElement config)
    {
        var shape = XlmRobertaConfig.Read(path, config);
        return new FamilyShape(shape, [.. XlmRobertaTensors.ListAll(shape).Select(t => TensorSource.Create(t.Name, t.Shape))]);
    }

    public bool IsUnused(string tensor) => XlmRobertaTensors.IsUnused(tensor);

    // As a silo loads it, and with everything beside it that says how texts become ids.
    public TokenizerFiles CheckTokenizer(string root, ModelShape shape)
    {
        var path = Path.Combine(root, TokenizerFile);
        var tokenizer = LoadTokenizer(path);
        if (tokenizer.VocabularySize > shape.Vocabulary)
        {
            throw new CheckpointException(path, $"gives ids up to {tokenizer.VocabularySize - 1}; the embedding table has {shape.Vocabulary} rows");
        }

        var tokens = new XlmRobertaTokens(tokenizer.VocabularySize - 1);
        var settings = TokenizerSettings.Files.Select(f => Path.Combine(root, f)).Where(File.Exists).ToList();
        settings.ForEach(s => TokenizerSettings.Check(s, tokens));
        var fast = Path.Combine(root, FastTokenizerFile.FileName);
        if (File.Exists(fast))
        {
            FastTokenizerFile.Check(fast, tokenizer, tokens);
            settings.Add(fast);
        }

        return new TokenizerFiles(tokenizer, TokenizerFile, File.ReadAllBytes(path), [path, .. settings]);
    }

    private static XlmRobertaTokenizer LoadTokenizer(string path)
    {
        if (!File.Exists(path))
        {
            throw new CheckpointException(path, "missing; the tokenizer is read from it");
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
