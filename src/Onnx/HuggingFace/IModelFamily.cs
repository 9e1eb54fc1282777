using System.Text.Json;
using Reranker.Inference.Models;

namespace Reranker.Onnx.HuggingFace;

/// <summary>A kind of cross-encoder: what its checkpoints hold, and what of it must be so for its graphs to express it.</summary>
internal interface IModelFamily
{
    /// <summary>The class that <c>config.json</c> names.</summary>
    string Architecture { get; }

    /// <summary>Reads the shape of the encoder.</summary>
    /// <param name="path">Path of <c>config.json</c>, for errors.</param>
    /// <param name="config">Its content.</param>
    /// <exception cref="CheckpointException">It describes a model whose forward pass the graphs do not express.</exception>
    ModelShape ReadShape(string path, JsonElement config);

    /// <summary>Every tensor that the forward pass reads, with its shape as the checkpoint stores it ([out, in]).</summary>
    IEnumerable<(string Name, long[] Shape)> ListTensors(ModelShape shape);

    /// <summary>True for tensors that checkpoints carry and the forward pass never reads.</summary>
    bool IsUnused(string tensor);

    /// <summary>Checks the tokenizer and every file beside it that says how texts become ids.</summary>
    /// <param name="root">The checkpoint folder.</param>
    /// <param name="shape">Shape of the encoder.</param>
    /// <exception cref="CheckpointException">The files give other ids than this program's tokenizer, or ids without an embedding.</exception>
    TokenizerFiles CheckTokenizer(string root, ModelShape shape);
}

/// <summary>The tokenizer of a checkpoint.</summary>
/// <param name="Model">Path of the file that the tokenizer is loaded from.</param>
/// <param name="Settings">Paths of the files beside it that were checked.</param>
internal sealed record TokenizerFiles(string Model, IReadOnlyList<string> Settings);
