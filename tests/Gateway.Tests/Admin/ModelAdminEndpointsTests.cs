using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Reranker.Client;
using Reranker.Gateway.Admission;
using Reranker.Gateway.Tests.Fakes;
using Reranker.Models;
using Reranker.Requests;

namespace Reranker.Gateway.Tests.Admin;

/// <summary>Who may change models over HTTP, how it is said, and what comes back.</summary>
public sealed class ModelAdminEndpointsTests
{
    private const string Key = "0123456789abcdef-admin";

    [Fact]
    public async Task Without_an_admin_key_the_paths_are_not_there()
    {
        await using var host = await GatewayHost.StartAsync();

        Assert.Equal(404, (await SendAsync(host, "GET", "/admin/models", null, Key)).Status);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("0123456789abcdef-other")]
    [InlineData("0123456789abcdef-tenant")]
    public async Task Only_the_admin_key_opens_them(string? key)
    {
        await using var host = await GatewayHost.StartAsync(
            ("AdminKey", Key), ("ApiKeys:0:Tenant", "t"), ("ApiKeys:0:Key", "0123456789abcdef-tenant"));

        foreach (var (method, path) in ((string, string)[])[("GET", "/admin/models"), ("POST", "/admin/models"), ("DELETE", "/admin/models/abc"), ("PUT", "/admin/routes/mini")])
        {
            var answer = await SendAsync(host, method, path, "{}", key);
            Assert.Equal((401, "Bearer"), (answer.Status, answer.Headers["WWW-Authenticate"]));
        }

        Assert.Empty(host.ModelAdmin.Commands);
    }

    [Fact]
    public async Task The_admin_key_does_not_score_where_there_are_other_keys()
    {
        await using var host = await GatewayHost.StartAsync(
            ("AdminKey", Key), ("ApiKeys:0:Tenant", "t"), ("ApiKeys:0:Key", "0123456789abcdef-tenant"));

        Assert.Equal(401, (await host.PostAsync("/v1/rerank", """{"query":"q","documents":["a"]}""", ("Authorization", $"Bearer {Key}"))).Status);
    }

    [Theory]
    [InlineData("DELETE", "/admin/models/abc?force=maybe", null)]
    [InlineData("DELETE", "/admin/models/abc?force=", null)]
    [InlineData("DELETE", "/admin/models/abc?force=true&force=false", null)]
    [InlineData("POST", "/admin/models", """{"folder":"a\u0000b"}""")]
    [InlineData("POST", "/admin/models", """{"folder":"/models/a","name":"a\nb"}""")]
    public async Task A_wrong_command_is_refused_in_words_and_reaches_nobody(string method, string path, string? body)
    {
        await using var host = await GatewayHost.StartAsync(("AdminKey", Key));

        var answer = await SendAsync(host, method, path, body);

        Assert.Equal(400, answer.Status);
        Assert.NotEmpty(answer.Json.GetProperty("message").GetString()!);
        Assert.Empty(host.ModelAdmin.Commands);
    }

    [Fact]
    public async Task A_body_that_finds_no_room_is_to_be_sent_again()
    {
        await using var host = await GatewayHost.StartAsync(("AdminKey", Key), ("MaxBodyBytes", "4096"), ("MaxBodyBytesInFlight", "4096"));
        using var taken = host.Services.GetRequiredService<ByteBudget>().OpenLease("other");
        Assert.True(taken.TryGrow(4096));

        var answer = await SendAsync(host, "POST", "/admin/models", """{"folder":"/models/a"}""");

        Assert.Equal((503, "1"), (answer.Status, answer.Headers["Retry-After"]));
        Assert.NotEmpty(answer.Json.GetProperty("message").GetString()!);
    }

    [Fact]
    public async Task The_models_are_told_by_name_identity_weight_and_silo()
    {
        await using var host = await GatewayHost.StartAsync(("AdminKey", Key));

        var answer = await SendAsync(host, "GET", "/admin/models");

        Assert.Equal(200, answer.Status);
        Assert.Equal(
            """{"models":[{"name":"mini","identity":"abc","is_default":false,"weight":1,"ready_workers":0,"silos":[{"silo":"s","phase":"failed","error":"why","pinned_requests":0}]}],"silent_silos":[]}""",
            answer.Body);
    }

    [Fact]
    public async Task Commands_reach_the_fleet_as_they_were_sent()
    {
        await using var host = await GatewayHost.StartAsync(("AdminKey", Key));

        Assert.Equal(202, (await SendAsync(host, "POST", "/admin/models", """{"folder":"/models/a","name":"mini"}""")).Status);
        Assert.Equal(202, (await SendAsync(host, "POST", "/admin/models", """{"folder":"/models/b"}""")).Status);
        Assert.Equal(202, (await SendAsync(host, "DELETE", "/admin/models/abc")).Status);
        Assert.Equal(202, (await SendAsync(host, "DELETE", "/admin/models/abc?force=true")).Status);
        Assert.Equal(200, (await SendAsync(host, "PUT", "/admin/routes/a%20b", """{"abc":90,"def":0.5}""")).Status);

        var commands = host.ModelAdmin.Commands.ToArray();
        Assert.Equal(new LoadModel { Folder = "/models/a", Name = "mini" }, commands[0]);
        Assert.Equal(new LoadModel { Folder = "/models/b" }, commands[1]);
        Assert.Equal(new UnloadModel { Identity = "abc" }, commands[2]);
        Assert.Equal(new UnloadModel { Identity = "abc", Force = true }, commands[3]);
        var route = Assert.IsType<RouteModel>(commands[4]);
        Assert.Equal("a b", route.Name);
        Assert.Equal([("abc", 90), ("def", 0.5)], route.Shares.Select(s => (s.Identity, s.Weight)));
    }

    [Theory]
    [InlineData("POST", "/admin/models", "")]
    [InlineData("POST", "/admin/models", "{}")]
    [InlineData("POST", "/admin/models", """{"folder":7}""")]
    [InlineData("POST", "/admin/models", """{"folder":" "}""")]
    [InlineData("PUT", "/admin/routes/mini", "[]")]
    [InlineData("PUT", "/admin/routes/mini", """{"abc":"much"}""")]
    public async Task A_wrong_body_is_a_clear_error(string method, string path, string body)
    {
        await using var host = await GatewayHost.StartAsync(("AdminKey", Key));

        var answer = await SendAsync(host, method, path, body);

        Assert.Equal(400, answer.Status);
        Assert.NotEmpty(answer.Json.GetProperty("message").GetString()!);
        Assert.Empty(host.ModelAdmin.Commands);
    }

    [Theory]
    [InlineData(ModelAdminOutcome.Invalid, 400)]
    [InlineData(ModelAdminOutcome.NotFound, 404)]
    [InlineData(ModelAdminOutcome.Refused, 409)]
    [InlineData(ModelAdminOutcome.Forbidden, 403)]
    public async Task What_the_fleet_refuses_has_its_status_and_its_reason(ModelAdminOutcome outcome, int status)
    {
        await using var host = await GatewayHost.StartAsync(("AdminKey", Key));
        host.ModelAdmin.Script = () => new ModelAdminReply { Outcome = outcome, Error = "because" };

        var answer = await SendAsync(host, "DELETE", "/admin/models/abc");

        Assert.Equal((status, """{"message":"because"}"""), (answer.Status, answer.Body));
    }

    [Fact]
    public async Task A_cluster_that_does_not_answer_is_unavailable()
    {
        await using var host = await GatewayHost.StartAsync(("AdminKey", Key));
        host.ModelAdmin.Script = static () => throw new RerankException(RerankOutcome.Unavailable, "nobody");

        Assert.Equal(503, (await SendAsync(host, "GET", "/admin/models")).Status);
    }

    [Fact]
    public async Task A_reply_says_which_model_scored_and_a_request_chooses_by_its_id()
    {
        await using var host = await GatewayHost.StartAsync();

        var answer = await host.PostAsync("/rerank", """{"query":"q","texts":["a"]}""", ("X-Request-Id", "user-7"));

        Assert.Equal("abc123", answer.Headers["X-Reranker-Model"]);
        Assert.Equal("user-7", Assert.Single(host.Reranker.Calls).Options.RouteKey);
    }

    private static Task<Answer> SendAsync(GatewayHost host, string method, string path, string? body = null, string? key = Key)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        if (key is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {key}");
        }

        return host.SendAsync(request);
    }
}
