using Reranker.ServiceDefaults.Configuration;
using Reranker.Tool.Tests.Docs;

namespace Reranker.Tool.Tests.Configuration;

/// <summary>The list of settings that all programs share, and what is said of a key that is not in it.</summary>
public sealed class KnownSettingsTests
{
    private static readonly KnownSettings Known = new([]);

    /// <summary>An option that was added makes this fail until it is in the list: a program that does not have it must accept its key.</summary>
    [Fact]
    public void The_list_holds_every_setting_of_every_program()
    {
        var real = OptionCatalog.Sections.SelectMany(static s => KnownSetting.ListSettings(s.Section, s.OptionsType)).Select(static s => s.Pattern)
            .Order(StringComparer.Ordinal).ToArray();
        var listed = KnownSettings.ReadList().Select(static s => s.Pattern).ToArray();

        Assert.True(
            real.SequenceEqual(listed),
            $"src/ServiceDefaults/Configuration/settings.txt does not fit the options.\nAdd:\n{string.Join('\n', real.Except(listed))}\n"
            + $"Remove:\n{string.Join('\n', listed.Except(real))}\nThe lines are sorted by their characters.");
    }

    [Theory]
    [InlineData("Gateway:ApiKeys:3:Key")]
    [InlineData("gateway:apikeys:0:tokensperminute")]
    [InlineData("Reranker:Models:0")]
    [InlineData("Reranker:Models:BAAI/bge-reranker-v2-m3")]
    [InlineData("Reranker:Models:bge:v2")]
    [InlineData("Reranker:Models:1:Name")]
    [InlineData("Gateway:ModelAliases:BAAI/bge-reranker-v2-m3")]
    [InlineData("Gateway:ModelAliases:0:Target")]
    [InlineData("Reranker:Cluster:GatewayPorts:0")]
    [InlineData("Reranker:Scripted:BatchTime")]
    public void A_setting_of_any_program_is_known(string key) => Assert.Null(Known.FindFault(key));

    [Theory]
    [InlineData("Reranker:Enginee", "Reranker:Engine")]
    [InlineData("Reranker:TargetBatchTime", "Reranker:Batching:TargetBatchTime")]
    [InlineData("Reranker:Batching:TargetBatchTme", "Reranker:Batching:TargetBatchTime")]
    [InlineData("Reranker:Model:0", "Reranker:Models:NAME")]
    [InlineData("Gateway:ApiKey:0:Key", "Gateway:ApiKeys:0:Key")]
    [InlineData("Gateway:ApiKeys:2:Secret", "Gateway:ApiKeys:2:")]
    [InlineData("Gateway:ApiKeys:0", "Gateway:ApiKeys:0:Key")]
    [InlineData("Gateway:ApiKeys", "Gateway:ApiKeys:0:Key")]
    [InlineData("Gateway:ApiKeys:acme", "Gateway:ApiKeys:0:Key")]
    [InlineData("Gateway:CorsOrigins", "Gateway:CorsOrigins:0")]
    [InlineData("Gateway:AdminKey:0", "Gateway:AdminKey")]
    [InlineData("Reranker:Models:0:Foldr", "Reranker:Models:0:Folder")]
    [InlineData("Reranker:Devices:0", "Reranker:Devices")]
    [InlineData("Reranker:Cuda", "Reranker:Cuda:")]
    public void A_key_that_is_none_is_refused_with_the_nearest_one(string key, string nearest)
        => Assert.Contains(nearest, Known.FindFault(key), StringComparison.Ordinal);

    [Theory]
    [InlineData("Gateway_ApiKeys:0:Key", "Gateway:ApiKeys:0:Key")]
    [InlineData("GATEWAY_ADMINKEY", "Gateway:AdminKey")]
    [InlineData("Gatway:ApiKeys:0:Key", "Gateway:ApiKeys:0:Key")]
    [InlineData("Rerankr:Engine", "Reranker:Engine")]
    [InlineData("RERANKER_PORT", null)]
    [InlineData("RERANKER_PORT_8080_TCP_ADDR", null)]
    [InlineData("RERANKER_SERVICE_HOST", null)]
    [InlineData("RERANKER_MODELS_SERVICE_PORT", null)]
    [InlineData("GATEWAY_SERVICE_PORT_HTTP", null)]
    [InlineData("RERANKER_GATEWAY_PORT", null)]
    [InlineData("GATEWAY", null)]
    [InlineData("Logging:LogLevel:Default", null)]
    public void A_key_beside_the_sections_is_refused_only_where_it_is_meant_for_one(string key, string? meant)
        => Assert.Equal(meant, Known.FindIntendedKey(key), ignoreCase: true);
}
