using System.CommandLine;
using Reranker.Inference.Engines;
using Reranker.Inference.Models;
using Reranker.Silo.Settings;

namespace Reranker.Tool.Arguments;

/// <summary>Which engine and precision a model of the hub is imported for.</summary>
/// <param name="Precision">The precision that was asked for; null for the fastest.</param>
/// <param name="Engine">The engine.</param>
internal sealed record EngineChoice(ModelPrecision? Precision, EngineKind Engine)
{
    /// <summary>What the command line says.</summary>
    public static EngineChoice FromOptions(EngineArguments options, ParseResult parsed) => new(parsed.GetValue(options.Precision), parsed.GetValue(options.Engine));

    /// <summary>
    /// What the command line says, and where it says nothing the settings: a server opens the model by these, and one that was imported
    /// in another precision would not be found in it. What is no name of either is refused when settings are checked.
    /// </summary>
    public static EngineChoice FromSettings(EngineArguments options, ParseResult parsed, IConfiguration settings)
    {
        var section = settings.GetSection(RerankerSiloOptions.Section);
        var given = FromOptions(options, parsed);
        var hasEngine = parsed.GetResult(options.Engine) is { Implicit: false };
        return new EngineChoice(
            given.Precision ?? ModelPrecision.Find(section[nameof(RerankerSiloOptions.Precision)]?.Trim().ToLowerInvariant()),
            !hasEngine && Enum.TryParse<EngineKind>(section[nameof(RerankerSiloOptions.Engine)], ignoreCase: true, out var engine) ? engine : given.Engine);
    }
}
