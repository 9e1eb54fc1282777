using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Reranker.Inference.Engines;
using Reranker.Inference.Models;

namespace Reranker.Silo.Settings;

/// <summary>Refuses options that could not work, at start.</summary>
internal sealed class RerankerSiloOptionsValidator : IValidateOptions<RerankerSiloOptions>
{
    private static readonly string PrecisionRule = $"must be one of {string.Join(", ", ModelPrecision.All)}";

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, RerankerSiloOptions options)
    {
        var failures = new List<string>();
        Check(options.Models.Count > 0, nameof(options.Models), "must name at least one model folder");
        Check(!options.Models.Values.Any(string.IsNullOrWhiteSpace), nameof(options.Models), "must not hold an empty path");
        Check(options.CpuThreads is null or >= 1, nameof(options.CpuThreads), "must be at least 1");
        Check(options.TokenizerThreads is null or >= 1, nameof(options.TokenizerThreads), "must be at least 1");
        Check(options.ShutdownTimeout > TimeSpan.Zero, nameof(options.ShutdownTimeout), "must be positive");
        Check(options.ModelsRoot is null || Directory.Exists(options.ModelsRoot), nameof(options.ModelsRoot), "must be a folder that exists");
        Check(options.DefaultModel != "", nameof(options.DefaultModel), "must not be empty");
        Check(options.Precision is null || ModelPrecision.Find(options.Precision) is not null, nameof(options.Precision), PrecisionRule);
        Check(options.Precisions.Values.All(p => ModelPrecision.Find(p) is not null), nameof(options.Precisions), PrecisionRule);
        Check(options.Precisions.Keys.All(options.Models.ContainsKey), nameof(options.Precisions), "must not name a model that is not in Models");
        if (DeviceList.TryParse(options.Devices, out _))
        {
            failures.AddRange(FindEngineFaults(options.Engines));
        }
        else
        {
            Check(false, nameof(options.Devices), DeviceList.Rule);
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void Check(bool holds, string option, string rule)
        {
            if (!holds)
            {
                failures.Add($"{RerankerSiloOptions.Section}:{option} {rule}.");
            }
        }
    }

    // The engine would refuse them too, but one at a time and only once it is loaded. Its options have the same names.
    private static IEnumerable<string> FindEngineFaults(EngineOptions engines)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(engines, new ValidationContext(engines), results, validateAllProperties: true);
        return results.Select(static r =>
        {
            var option = r.MemberNames.FirstOrDefault() ?? "";
            var message = r.ErrorMessage!.Replace($"The field {option} ", "", StringComparison.Ordinal);
            return $"{RerankerSiloOptions.Section}:{option} {message}";
        });
    }
}
