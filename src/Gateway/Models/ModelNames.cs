using Microsoft.Extensions.Options;
using Reranker.Fleet;
using Reranker.Gateway.Configuration;
using Reranker.Gateway.Errors;

namespace Reranker.Gateway.Models;

/// <summary>What a model's name in a request means.</summary>
internal sealed class ModelNames(IOptions<GatewayOptions> options)
{
    private const string AnyName = "*";
    private const string AliasSetting = $"{GatewayOptions.Section}:{nameof(GatewayOptions.ModelAliases)}";
    private const int MaxNames = 10;

    // Infinity's clients send this when their user has named no model.
    private const string NotSpecified = "default/not-specified";

    /// <summary>The name to send to the fleet; null is its default model. A name that nobody knows goes through, and the fleet refuses it.</summary>
    public string? ResolveName(string? requested, FleetInfo? fleet)
    {
        if (string.IsNullOrWhiteSpace(requested) || requested == NotSpecified)
        {
            return null;
        }

        var aliases = options.Value.ModelAliases;
        if (!aliases.TryGetValue(requested, out var target) && !IsServed(requested, fleet))
        {
            aliases.TryGetValue(AnyName, out target);
        }

        target ??= requested;
        return target.Length == 0 ? null : target;
    }

    /// <summary>
    /// An error for the caller, with the names that would have worked where the model is unknown. The names are those of
    /// <c>/v1/models</c>, which needs the same key.
    /// </summary>
    public static GatewayError AddServedNames(GatewayError error, FleetInfo? fleet)
    {
        if (error.Kind != GatewayErrorKind.UnknownModel || fleet is not { Models: [_, ..] served })
        {
            return error;
        }

        var names = string.Join(", ", served.Take(MaxNames).Select(static model => $"'{model.Name}'"));
        var more = served.Length > MaxNames ? $" and {served.Length - MaxNames} more" : "";
        return error with { Message = $"No such model is served; served: {names}{more}. Other names can be mapped with {AliasSetting}." };
    }

    private static bool IsServed(string name, FleetInfo? fleet) =>
        fleet is not null && fleet.Models.Any(model => model.Name == name || model.Identity == name);
}
