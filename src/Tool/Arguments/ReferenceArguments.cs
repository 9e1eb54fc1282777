using System.CommandLine;
using Reranker.Inference.Models;

namespace Reranker.Tool.Arguments;

/// <summary>Options of commands that compare a model with another one.</summary>
internal static class ReferenceArguments
{
    /// <summary>The precision of the reference.</summary>
    public static Option<ModelPrecision?> CreatePrecisionOption(string description) => new("--reference-precision")
    {
        Description = description,
        HelpName = string.Join('|', ModelPrecision.All),
        CustomParser = PrecisionNames.ParseOne,
    };

    /// <summary>Opens a model in one precision.</summary>
    /// <exception cref="ModelFolderException">It has not that one, or several and none was named.</exception>
    public static ModelFolder OpenModel(string path, ModelPrecision? precision)
    {
        var folder = ModelFolder.Open(path);
        return precision is not null ? folder.WithPrecision(precision.Name)
            : folder.ListPrecisions() is [var one] ? one
            : throw new ModelFolderException(path, "holds several precisions; say which one with --reference-precision");
    }
}
