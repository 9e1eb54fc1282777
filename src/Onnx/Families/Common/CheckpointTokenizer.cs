using System.Text.Json;
using Reranker.Inference.Models;
using Reranker.Inference.Tokenization.HuggingFace;
using Reranker.Onnx.HuggingFace;

namespace Reranker.Onnx.Families.Common;

/// <summary>
/// The tokenizer of a checkpoint that Hugging Face's fast tokenizers read: <c>tokenizer.json</c> where it is there, or the older
/// files of which they make one. What lies beside it and says something else is refused.
/// </summary>
internal static class CheckpointTokenizer
{
    private const string SettingsFile = "tokenizer_config.json";
    private const string TokensFile = "special_tokens_map.json";

    /// <summary>Makes a <c>tokenizer.json</c> of a checkpoint's older files.</summary>
    /// <param name="root">The checkpoint folder.</param>
    /// <param name="settings">Its tokenizer_config.json; null where it has none.</param>
    /// <param name="sources">Takes the paths of what was read.</param>
    public delegate byte[] OlderFiles(string root, JsonElement? settings, List<string> sources);

    /// <summary>Reads the tokenizer.</summary>
    /// <param name="root">The checkpoint folder.</param>
    /// <param name="shape">Shape of the encoder.</param>
    /// <param name="createFromOlder">Makes one of older files.</param>
    /// <exception cref="CheckpointException">There is none, it does what this program does not, or files say two different things.</exception>
    public static TokenizerFiles Read(string root, ModelShape shape, OlderFiles createFromOlder)
    {
        var path = Path.Combine(root, TokenizerJson.FileName);
        var settings = Path.Combine(root, SettingsFile);
        var sources = new List<string>();
        var content = File.Exists(path) ? CheckpointFile.ReadBytes(path) : ReadSettings(settings, s => createFromOlder(root, s, sources));
        sources.AddRange(File.Exists(path) ? [path] : []);
        var tokenizer = Parse(content, sources[0]);
        if (tokenizer.VocabularySize > shape.Vocabulary)
        {
            throw new CheckpointException(sources[0], $"gives ids up to {tokenizer.VocabularySize - 1}; the embedding table has {shape.Vocabulary} rows");
        }

        foreach (var file in new[] { settings, Path.Combine(root, TokensFile) }.Where(File.Exists))
        {
            ReadSettings(file, s =>
            {
                TokenizerAgreement.Check(file, s!.Value, content, tokenizer);
                return true;
            });
            sources.Add(file);
        }

        return new TokenizerFiles(tokenizer, TokenizerJson.FileName, content, [.. sources.Distinct()]);
    }

    private static FastTokenizer Parse(byte[] content, string file)
    {
        try
        {
            return TokenizerJson.Parse(content, file);
        }
        catch (ModelFolderException e)
        {
            throw new CheckpointException(e.File, e.Reason, e);
        }
    }

    private static T ReadSettings<T>(string path, Func<JsonElement?, T> read) => File.Exists(path)
        ? CheckpointJson.ReadObject(path, CheckpointJson.MaxSettingsBytes, "file of settings", s => read(s))
        : read(null);
}
