using Reranker.Onnx.HuggingFace;
using Reranker.Onnx.Import;
using Reranker.Tool.Catalog;
using Reranker.Tool.Hub;
using Reranker.Tool.Input;

namespace Reranker.Tool.Models;

/// <summary>Whether this build can run a model of the hub, found out before its weights are fetched.</summary>
internal static class SupportedModels
{
    /// <summary>Refuses a model that is known not to run, without a question to anybody.</summary>
    /// <exception cref="InputException">It is one.</exception>
    public static void RequireNotRefused(HubReference model)
    {
        if (KnownModels.BuiltIn.Find(model.Repository) is { } known && FindRefusal(known) is { } refusal)
        {
            throw new InputException($"{model.Repository} cannot be run by this build: {refusal}");
        }
    }

    /// <summary>Refuses a model whose configuration says that it cannot be imported.</summary>
    /// <param name="model">The model.</param>
    /// <param name="config">Path of its <c>config.json</c>.</param>
    /// <exception cref="InputException">It is one.</exception>
    public static void RequireConfig(HubReference model, string config)
    {
        try
        {
            ImportSupport.RequireConfig(config);
        }
        catch (CheckpointException e)
        {
            throw new InputException($"{model} cannot be run by this build, and its weights were not fetched: its {Path.GetFileName(e.File)} {e.Reason}", e);
        }
    }

    /// <summary>Why this build cannot run a known model, as a clause; null when it can.</summary>
    public static string? FindRefusal(KnownModel known) => known.Refusal ?? (
        known.Architecture is { } architecture && !ImportSupport.Architectures.Contains(architecture)
            ? $"its architecture is {architecture}, and {string.Join(", ", ImportSupport.Architectures)} can be imported"
            : null);
}
