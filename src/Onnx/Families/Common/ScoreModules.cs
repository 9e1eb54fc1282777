using System.Text.Json;
using Reranker.Inference.Models;
using Reranker.Onnx.HuggingFace;

namespace Reranker.Onnx.Families.Common;

/// <summary>A dense module in a folder of its own.</summary>
/// <param name="Folder">Its folder.</param>
/// <param name="HasBias">Whether it adds one.</param>
internal sealed record DenseModule(string Folder, bool HasBias);

/// <summary>
/// The head of a cross-encoder that sentence-transformers makes of modules: <c>modules.json</c> names their folders, and each has a
/// configuration and weights. One chain is read, that of Ettin's rerankers, which is a ModernBERT's classifier.
/// </summary>
/// <param name="PoolsMean">The mean of all tokens is read, else the first one.</param>
/// <param name="Dense">The module with GELU behind it.</param>
/// <param name="Norm">Folder of the normalization.</param>
/// <param name="Output">The module that gives the score.</param>
/// <param name="Files">Paths of the configurations.</param>
internal sealed record ScoreModules(bool PoolsMean, DenseModule Dense, string Norm, DenseModule Output, IReadOnlyList<string> Files)
{
    /// <summary>The file that names the modules.</summary>
    public const string FileName = "modules.json";

    private const string Gelu = "torch.nn.modules.activation.GELU";
    private const string Identity = "torch.nn.modules.linear.Identity";
    private const string Pooled = "sentence_embedding";

    // The default of the class, which its configuration does not name.
    private const double NormEpsilon = 1e-5;

    private static readonly string[] Chain = ["Transformer", "Pooling", "Dense", "LayerNorm", "Dense"];

    /// <summary>Reads the modules of a checkpoint folder.</summary>
    /// <exception cref="CheckpointException">There are none, or another chain of them.</exception>
    public static ScoreModules Read(string root, ModelShape shape)
    {
        var list = Path.Combine(root, FileName);
        if (!File.Exists(list))
        {
            throw new CheckpointException(list, "missing; an encoder without a classifier has its head in the modules that this file names");
        }

        var modules = CheckpointJson.ReadList(list, CheckpointJson.MaxSettingsBytes, "list of modules", m => (
            Kind: (m.FindText("type") ?? "").Split('.')[^1], Folder: m.FindText("path") ?? ""));
        Require(
            list, modules.Select(m => m.Kind).SequenceEqual(Chain),
            $"is the chain [{string.Join(", ", modules.Select(m => m.Kind))}]; [{string.Join(", ", Chain)}] is imported");
        Require(list, modules[0].Folder.Length == 0, $"has the encoder in '{modules[0].Folder}'; it is read beside this file");
        string[] folders = [.. modules.Skip(1).Select(m => m.Folder)];
        Require(list, folders.All(IsPlain) && folders.Distinct().Count() == folders.Length, "names a folder that is no plain name of its own");
        Require(
            Path.Combine(root, "config.json"), Math.Abs(shape.LayerNormEpsilon - NormEpsilon) < 1e-9,
            $"norm_eps is {shape.LayerNormEpsilon}, and a LayerNorm of {FileName} has {NormEpsilon}");
        string[] files = [.. folders.Select(f => Path.Combine(root, f, "config.json"))];
        return new ScoreModules(
            ReadModule(files[0], c => ReadPooling(c, shape.Hidden)),
            ReadModule(files[1], c => ReadDense(c, folders[1], shape.Hidden, shape.Hidden, Gelu, Pooled)),
            ReadModule(files[2], c => ReadNorm(c, folders[2], shape.Hidden)),
            ReadModule(files[3], c => ReadDense(c, folders[3], shape.Hidden, 1, Identity, "scores")),
            [list, .. files]);
    }

    private static bool ReadPooling(ConfigReader config, int hidden)
    {
        foreach (var size in new[] { "embedding_dimension", "word_embedding_dimension" })
        {
            RequireSize(config, size, config.ReadInteger(size, hidden), hidden);
        }

        // Newer files name the mode, older ones have a switch for each.
        var switches = config.Root.ListMembers().Where(m => m.Name.StartsWith("pooling_mode_", StringComparison.Ordinal) && m.Value.ValueKind == JsonValueKind.True)
            .Select(m => m.Name["pooling_mode_".Length..]);
        var mode = config.ReadText("pooling_mode", string.Join(" and ", switches));
        config.Require(mode is "cls" or "cls_token" or "mean" or "mean_tokens", $"pools by '{mode}'; 'cls' and 'mean' are imported");
        return mode.StartsWith("mean", StringComparison.Ordinal);
    }

    private static DenseModule ReadDense(ConfigReader config, string folder, int inner, int outer, string activation, string output)
    {
        RequireSize(config, "in_features", config.ReadPositive("in_features", ShapeLimits.MaxHidden), inner);
        RequireSize(config, "out_features", config.ReadPositive("out_features", ShapeLimits.MaxHidden), outer);

        // Without the member it would be the hyperbolic tangent.
        var found = config.ReadText("activation_function", "torch.nn.modules.activation.Tanh");
        config.Require(found == activation, $"activation_function is '{found}'; '{activation}' is imported there");
        config.RequireText("module_input_name", Pooled);
        var target = config.ReadText("module_output_name", Pooled);
        config.Require(target == output, $"module_output_name is '{target}'; '{output}' is imported there");
        config.Require(!config.IsTrue("use_residual"), "use_residual is set; dense modules are imported without");
        return new DenseModule(folder, !config.Root.TryGetMember("bias", out _) || config.IsTrue("bias"));
    }

    private static string ReadNorm(ConfigReader config, string folder, int hidden)
    {
        RequireSize(config, "dimension", config.ReadPositive("dimension", ShapeLimits.MaxHidden), hidden);
        return folder;
    }

    private static void RequireSize(ConfigReader config, string name, int size, int expected)
        => config.Require(size == expected, $"{name} is {size} instead of {expected}");

    private static T ReadModule<T>(string path, Func<ConfigReader, T> read) => File.Exists(path)
        ? CheckpointJson.ReadObject(path, CheckpointJson.MaxSettingsBytes, "module's configuration", json => read(new ConfigReader(path, json)))
        : throw new CheckpointException(path, $"missing; {FileName} names its folder");

    private static bool IsPlain(string folder) => folder.Length > 0 && folder == Path.GetFileName(folder) && folder is not ("." or "..");

    private static void Require(string path, bool condition, string reason)
    {
        if (!condition)
        {
            throw new CheckpointException(path, reason);
        }
    }
}
