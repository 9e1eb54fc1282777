using Reranker.Gateway.Tests.Fakes;

namespace Reranker.Gateway.Tests.Info;

public sealed class InfoTests
{
    [Fact]
    public async Task Info_has_the_fields_that_dify_reads()
    {
        await using var host = await GatewayHost.StartAsync();

        var info = (await host.GetAsync("/info")).Json;

        Assert.Equal("reranker", info.GetProperty("model_type").EnumerateObject().First().Name);
        Assert.Equal(1024, info.GetProperty("max_input_length").GetInt32());
        Assert.Equal(Limits.MaxPassages, info.GetProperty("max_client_batch_size").GetInt32());
        Assert.Equal("float16", info.GetProperty("model_dtype").GetString());
    }

    [Fact]
    public async Task The_list_of_models_has_every_served_model()
    {
        await using var host = await GatewayHost.StartAsync();

        var models = (await host.GetAsync("/v1/models")).Json;

        Assert.Equal("list", models.GetProperty("object").GetString());
        Assert.Equal(ScriptedReranker.Model, models.GetProperty("data")[0].GetProperty("id").GetString());
    }

    [Theory]
    [InlineData("/v1/models/bge-reranker-v2-m3")]
    [InlineData("/v1/models/abc123")]
    [InlineData("/nim/v1/models/org/alias")]
    [InlineData("/v1/models/org%2Falias")]
    public async Task A_model_is_found_by_every_name_that_may_score(string path)
    {
        await using var host = await GatewayHost.StartAsync(("ModelAliases:0:Name", "org/alias"), ("ModelAliases:0:Target", ""));

        var model = (await host.GetAsync(path)).Json;

        Assert.Equal(("model", ScriptedReranker.Model), (model.GetProperty("object").GetString(), model.GetProperty("id").GetString()));
    }

    [Fact]
    public async Task An_unknown_model_is_404_with_the_names_that_are_served()
    {
        await using var host = await GatewayHost.StartAsync();

        var answer = await host.GetAsync("/v1/models/gpt-4");

        Assert.Equal(404, answer.Status);
        ErrorShape.Check(answer, "message");
        Assert.Contains($"'{ScriptedReranker.Model}'", answer.Json.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_metadata_of_nim_name_the_models()
    {
        await using var host = await GatewayHost.StartAsync();

        var metadata = (await host.GetAsync("/v1/metadata")).Json;

        Assert.Equal(ScriptedReranker.Model, metadata.GetProperty("modelInfo")[0].GetProperty("shortName").GetString());
    }

    [Theory]
    [InlineData("/health")]
    [InlineData("/")]
    [InlineData("/ping")]
    [InlineData("/v1/health/ready")]
    [InlineData("/info")]
    [InlineData("/v1/models")]
    public async Task Without_a_fleet_everything_but_liveness_is_503(string path)
    {
        await using var host = await GatewayHost.StartAsync(("FleetPollInterval", "00:00:00.010"), ("FleetMaxAge", "00:00:00.020"));
        host.Fleet.Info = null;

        // The last answer ages on the real clock; the loop ends when it is too old.
        Answer answer;
        do
        {
            answer = await host.GetAsync(path);
        }
        while (answer.Status == 200);

        Assert.Equal(503, answer.Status);
        Assert.Equal(200, (await host.GetAsync("/v1/health/live")).Status);
    }
}
