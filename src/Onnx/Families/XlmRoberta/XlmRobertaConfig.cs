using System.Text.Json;
using Reranker.Inference.Models;
using Reranker.Onnx.HuggingFace;

namespace Reranker.Onnx.Families.XlmRoberta;

/// <summary>Reads <c>config.json</c> and refuses every checkpoint whose forward pass the graphs do not express.</summary>
internal static class XlmRobertaConfig
{
    /// <summary>The class that the file names.</summary>
    public const string Architecture = "XLMRobertaForSequenceClassification";

    /// <summary>Reads and checks the file's content.</summary>
    /// <exception cref="CheckpointException">It describes another kind of model.</exception>
    public static ModelShape Read(string path, JsonElement config)
    {
        TokenizerSettings.CheckClass(path, config);
        return Read(new ConfigReader(path, config));
    }

    private static ModelShape Read(ConfigReader config)
    {
        const string Family = "XLM-RoBERTa";
        config.RequireText("hidden_act", "gelu");
        config.RequireText("position_embedding_type", "absolute");
        config.RequireInteger("pad_token_id", PairLayout.PadId, Family);
        config.RequireInteger("bos_token_id", PairLayout.BeginId, Family);
        config.RequireInteger("eos_token_id", PairLayout.EndId, Family);
        config.RequireEncoder();
        var types = config.ReadInteger("type_vocab_size", 1);
        config.Require(types == 1, $"type_vocab_size is {types}; XLM-RoBERTa has 1");
        var labels = config.CountLabels();
        config.Require(labels == 1, $"the model has {labels} labels; a cross-encoder for reranking has 1");
        return config.ReadShape(ModelShape.UsualFirstPosition, epsilon: 1e-5);
    }
}
