using System.Text.Json;
using Reranker.Inference.Models;
using Reranker.Inference.Tokenization;

namespace Reranker.Onnx.HuggingFace;

/// <summary>
/// A kind of cross-encoder, described: the numbers of its configuration, where its weights are, its labels and its tokenizer. What
/// is common to several lies beside them, so that a family is one folder.
/// </summary>
internal interface IModelFamily
{
    /// <summary>Name in a manifest.</summary>
    string Name { get; }

    /// <summary>The class that <c>config.json</c> names.</summary>
    string Architecture { get; }

    /// <summary>True where tokens of the passage have another segment embedding than those of the query.</summary>
    bool HasTwoSegments => false;

    /// <summary>Reads the shape of the encoder.</summary>
    /// <param name="path">Path of <c>config.json</c>, for errors.</param>
    /// <param name="config">Its content.</param>
    /// <exception cref="CheckpointException">It describes a model whose forward pass the graphs do not express.</exception>
    FamilyShape ReadShape(string path, JsonElement config);

    /// <summary>Adds what lies beside the configuration: a head in folders of its own. Most have none.</summary>
    /// <param name="root">The checkpoint folder.</param>
    /// <param name="encoder">What the configuration says.</param>
    /// <exception cref="CheckpointException">It is missing, or another one than is imported.</exception>
    FamilyShape AddModules(string root, FamilyShape encoder) => encoder;

    /// <summary>True for tensors that checkpoints carry and the forward pass never reads.</summary>
    bool IsUnused(string tensor);

    /// <summary>Checks the tokenizer and every file beside it that says how texts become ids.</summary>
    /// <param name="root">The checkpoint folder.</param>
    /// <param name="shape">Shape of the encoder.</param>
    /// <exception cref="CheckpointException">The files give other ids than this program's tokenizer, or ids without an embedding.</exception>
    TokenizerFiles CheckTokenizer(string root, ModelShape shape);
}

/// <summary>What a configuration says of a checkpoint.</summary>
/// <param name="Shape">Shape of the encoder.</param>
/// <param name="Tensors">Every tensor that the forward pass reads.</param>
internal sealed record FamilyShape(ModelShape Shape, IReadOnlyList<TensorSource> Tensors)
{
    /// <summary>Folders below the checkpoint's whose weights are parts of the model; their tensors have the folder's name before them.</summary>
    public IReadOnlyList<string> ModuleFolders { get; init; } = [];

    /// <summary>Paths of the files that say so.</summary>
    public IReadOnlyList<string> ModuleFiles { get; init; } = [];
}

/// <summary>The tokenizer of a checkpoint.</summary>
/// <param name="Tokenizer">The tokenizer, loaded.</param>
/// <param name="Name">Name of its file in a model folder.</param>
/// <param name="Content">Content of that file.</param>
/// <param name="Sources">Paths of the files that it comes from, and of those beside them that were checked.</param>
internal sealed record TokenizerFiles(ITextTokenizer Tokenizer, string Name, byte[] Content, IReadOnlyList<string> Sources);
