using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Reranker.ClusterKit;
using Reranker.TestKit.Processes;

namespace Reranker.Cluster.Tests;

/// <summary>A silo's gateway port as whoever reaches it finds it: with the right secret, a wrong one, and none.</summary>
public sealed class AdministrationPortTests(ScriptedModel model) : IClassFixture<ScriptedModel>
{
    private const string AdminKey = "0123456789abcdef-admin";
    private const string Secret = "0123456789abcdef-cluster";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory(Timeout = 120_000)]
    [InlineData(Secret)]
    [InlineData(null)]
    public async Task A_client_of_an_earlier_release_is_refused_in_every_command_and_does_not_hang(string? secret)
    {
        await using var silo = Silo(secret);
        await silo.Process.WaitForLineAsync("Application started", TestContext.Current.CancellationToken);
        await using var client = ProgramProcess.Start(
            Path.Combine(AppContext.BaseDirectory, "Reranker.FrozenWire.dll"), ["admin", Text(silo.GatewayPort), model.Folder, Identity()]);

        Assert.Equal(0, await client.WaitForExitAsync(TestContext.Current.CancellationToken));

        using var replies = JsonDocument.Parse(client.Output);
        Assert.Equal(4, replies.RootElement.GetArrayLength());
        Assert.All(replies.RootElement.EnumerateArray(), static reply =>
        {
            Assert.NotEqual(0, reply.GetProperty("Outcome").GetInt32());
            Assert.Contains("secret", reply.GetProperty("Error").GetString(), StringComparison.Ordinal);
            Assert.Equal(0, reply.GetProperty("Models").GetArrayLength());
        });
        Assert.DoesNotContain(Secret, silo.Process.Output, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_gateway_administers_with_the_silos_secret_and_with_no_other()
    {
        await using var silo = Silo(Secret);
        await silo.Process.WaitForLineAsync("Application started", TestContext.Current.CancellationToken);
        await using var right = Gateway(silo, Secret);
        await using var wrong = Gateway(silo, "0123456789abcdef-another");

        Assert.Equal(HttpStatusCode.OK, (await AskAsync(right, AdminKey)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await AskAsync(right, "0123456789abcdef-wrong")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await AskAsync(right, null)).Status);
        var refused = await AskAsync(wrong, AdminKey);
        Assert.Equal(HttpStatusCode.Forbidden, refused.Status);
        Assert.Contains("secret", refused.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_gateway_with_an_admin_key_and_no_secret_does_not_start()
    {
        var (code, output, error) = await ProgramProcess.RunAsync(
            Path.Combine(AppContext.BaseDirectory, "Reranker.Gateway.dll"),
            ["--urls", "http://127.0.0.1:0", "--Reranker:Clustering", "Localhost", "--Gateway:AdminKey", AdminKey],
            input: null,
            TestContext.Current.CancellationToken);

        Assert.NotEqual(0, code);
        Assert.Contains("Reranker:Cluster:AdminSecret", output + error, StringComparison.Ordinal);
    }

    private LocalSilo Silo(string? secret) => LocalSilo.Start(model.Folder, secret is null ? null : new() { ["Reranker__Cluster__AdminSecret"] = secret });

    private static ProgramProcess Gateway(LocalSilo silo, string secret) => ProgramProcess.Start(
        Path.Combine(AppContext.BaseDirectory, "Reranker.Gateway.dll"),
        [
            "--urls", "http://127.0.0.1:0",
            "--Reranker:Clustering", "Localhost",
            "--Reranker:Cluster:GatewayPort", Text(silo.GatewayPort),
            "--Reranker:Cluster:AdminSecret", secret,
            "--Gateway:AdminKey", AdminKey,
            "--Gateway:DrainDelay", "00:00:00",
        ]);

    // A gateway that is not connected yet is unavailable.
    private static async Task<(HttpStatusCode Status, string Message)> AskAsync(ProgramProcess gateway, string? key)
    {
        var line = await gateway.WaitForLineAsync("Now listening on:", Stop);
        using var http = new HttpClient { BaseAddress = new Uri(line[line.IndexOf("http", StringComparison.Ordinal)..].Trim()) };
        http.DefaultRequestHeaders.Authorization = key is null ? null : new("Bearer", key);
        while (true)
        {
            using var response = await http.GetAsync(new Uri("/admin/models", UriKind.Relative), Stop);
            if (response.StatusCode != HttpStatusCode.ServiceUnavailable)
            {
                var body = await response.Content.ReadFromJsonAsync<JsonElement>(Stop);
                return (response.StatusCode, body.TryGetProperty("message", out var message) ? message.GetString()! : "");
            }

            await Task.Delay(200, Stop);
        }
    }

    private string Identity()
        => JsonDocument.Parse(File.ReadAllText(Path.Combine(model.Folder, "manifest.json"))).RootElement.GetProperty("identity").GetString()!;

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
}
