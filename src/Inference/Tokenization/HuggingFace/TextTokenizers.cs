using Reranker.Inference.Models;

namespace Reranker.Inference.Tokenization.HuggingFace;

/// <summary>Loads the tokenizer of a model, whichever kind it is.</summary>
public static class TextTokenizers
{
    /// <summary>Loads the tokenizer of an imported model.</summary>
    /// <exception cref="ModelFolderException">The file is damaged or of another kind, or gives ids that the model has no embedding for.</exception>
    public static ITextTokenizer Load(ModelFolder model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var tokenizer = Load(model.TokenizerPath);
        var rows = model.Manifest.Shape.Vocabulary;
        return tokenizer.VocabularySize <= rows
            ? tokenizer
            : throw new ModelFolderException(model.TokenizerPath, $"gives ids up to {tokenizer.VocabularySize - 1}; the embedding table has {rows} rows");
    }

    /// <summary>Loads a file: a <c>.json</c> is a <c>tokenizer.json</c>, any other a SentencePiece model.</summary>
    /// <exception cref="ModelFolderException">The file is missing, damaged or of another kind.</exception>
    public static ITextTokenizer Load(string path) => path.EndsWith(".json", StringComparison.Ordinal)
        ? TokenizerJson.Load(path)
        : XlmRobertaTokenizer.Load(path);
}
