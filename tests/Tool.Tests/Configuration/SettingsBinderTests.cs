using Microsoft.Extensions.Configuration;
using Reranker.Gateway.Configuration;
using Reranker.ServiceDefaults.Configuration;
using Reranker.Silo.Settings;

namespace Reranker.Tool.Tests.Configuration;

/// <summary>What .NET's own binder drops or misreads.</summary>
public sealed class SettingsBinderTests
{
    [Fact]
    public void Names_of_models_and_aliases_may_hold_colons_and_slashes()
    {
        var (gateway, faults) = Bind<GatewayOptions>("Gateway", """
            { "Gateway": { "ModelAliases": { "BAAI/bge:v2": "", "a:b:c": "x:y", "plain": "z" } } }
            """);
        var (silo, more) = Bind<RerankerSiloOptions>("Reranker", """
            { "Reranker": { "Models": { "BAAI/bge:v2": "/models/a:b", "7": "/models/seven" } } }
            """);

        Assert.Empty(faults.Concat(more));
        Assert.Equal(
            [("BAAI/bge:v2", ""), ("a:b:c", "x:y"), ("plain", "z")],
            gateway.ModelAliases.OrderBy(static a => a.Key, StringComparer.Ordinal).Select(static a => (a.Key, a.Value)));
        Assert.Equal([("7", "/models/seven"), ("BAAI/bge:v2", "/models/a:b")], silo.Models.Select(static a => (a.Key, a.Value)));
    }

    [Fact]
    public void Aliases_and_models_may_be_a_list_where_a_name_fits_into_no_variable()
    {
        var (gateway, faults) = Bind<GatewayOptions>("Gateway", """
            { "Gateway": { "ModelAliases": [ { "Name": "BAAI/bge:v2", "Target": "mini" }, { "Name": "rerank-v3.5", "Target": "" } ] } }
            """);
        var (silo, more) = Bind<RerankerSiloOptions>("Reranker", """
            { "Reranker": { "Models": [ { "Name": "BAAI/bge:v2", "Folder": "/models/a" } ] } }
            """);

        Assert.Empty(faults.Concat(more));
        Assert.Equal([("BAAI/bge:v2", "mini"), ("rerank-v3.5", "")], gateway.ModelAliases.Select(static a => (a.Key, a.Value)));
        Assert.Equal([("BAAI/bge:v2", "/models/a")], silo.Models.Select(static a => (a.Key, a.Value)));
    }

    [Theory]
    [InlineData("""{ "ModelAliases": { "0": "mini" } }""", "Gateway:ModelAliases:0:Name")]
    [InlineData("""{ "ModelAliases": [ { "Name": "a" } ] }""", "Gateway:ModelAliases:0:Target")]
    [InlineData("""{ "ModelAliases": [ { "Target": "a" } ] }""", "Gateway:ModelAliases:0:Name")]
    [InlineData("""{ "ModelAliases": [ { "Name": "a", "Tagret": "b" } ] }""", "Gateway:ModelAliases:0:Tagret")]
    [InlineData("""{ "ModelAliases": { "A": "x" , "0": { "Name": "a", "Target": "y" } } }""", "a second time")]
    [InlineData("""{ "ApiKeys": [ "a-secret-that-is-long" ] }""", "Gateway:ApiKeys:0 takes no value itself")]
    [InlineData("""{ "ApiKeys": "a-secret-that-is-long" }""", "Gateway:ApiKeys takes no value itself")]
    [InlineData("""{ "ApiKeys": { "a-secret-that-is-long": { "Tenant": "t" } } }""", "entries have numbers")]
    [InlineData("""{ "CorsOrigins": "*" }""", "Gateway:CorsOrigins takes no value itself")]
    [InlineData("""{ "MaxDeadline": 15 }""", "Gateway:MaxDeadline is '15'; it must be a duration")]
    [InlineData("""{ "MaxBodyBytes": "32MB" }""", "Gateway:MaxBodyBytes is '32MB'; it must be a whole number")]
    [InlineData("""{ "AutoTruncate": "perhaps" }""", "Gateway:AutoTruncate is 'perhaps'; it must be true or false")]
    public void What_does_not_fit_is_refused_by_its_key_and_no_secret_is_repeated(string section, string words)
    {
        var (_, faults) = Bind<GatewayOptions>("Gateway", $$"""{ "Gateway": {{section}} }""");

        Assert.Contains(faults, f => f.Contains(words, StringComparison.Ordinal));
        Assert.DoesNotContain(faults, static f => f.Contains("a-secret", StringComparison.Ordinal));
    }

    [Fact]
    public void A_number_is_no_engine()
        => Assert.Contains("must be one of Auto, TensorRt", Assert.Single(Bind<RerankerSiloOptions>("Reranker", """{ "Reranker": { "Engine": 1 } }""").Faults), StringComparison.Ordinal);

    private static (TOptions Options, IReadOnlyList<string> Faults) Bind<TOptions>(string section, string json)
        where TOptions : new()
    {
        using var stream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(json));
        var binder = new SettingsBinder(new ConfigurationBuilder().AddJsonStream(stream).Build());
        var options = new TOptions();
        binder.Bind(options!, section);
        return (options, binder.Faults);
    }
}
