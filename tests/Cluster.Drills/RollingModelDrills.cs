using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Reranker.Inference.Models;
using Reranker.Onnx.Import;
using Reranker.TestKit;
using Reranker.TestKit.Processes;
using Reranker.TestKit.Reference;

namespace Reranker.Cluster.Drills;

/// <summary>A version of a model is replaced in real processes, with real scores, while requests come all the time.</summary>
public sealed class RollingModelDrills : IAsyncLifetime
{
    private const string AdminKey = "0123456789abcdef-admin";
    private const string AdminSecret = "0123456789abcdef-cluster";
    private const string Name = "tiny";
    private static readonly string[] Texts = [.. Enumerable.Range(0, 12).Select(i => $"passage {i} of {i * 7}")];

    private readonly TempFolder _temp = new();
    private readonly List<ProgramProcess> _processes = [];
    private readonly int _primaryPort = LoopbackPorts.Take();
    private HttpClient _http = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        for (var seed = 1; seed <= 2; seed++)
        {
            TinyCheckpoints.Write(_temp[$"checkpoint{seed}"], TinyCheckpoints.Shape(), seed);
            await CheckpointImporter.ImportAsync(
                _temp[$"checkpoint{seed}"], _temp[$"model{seed}"], new ImportOptions { Precision = ModelPrecision.Fp32, Name = Name }, progress: null, Stop);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _http?.Dispose();
        foreach (var process in _processes)
        {
            await process.DisposeAsync();
        }

        _temp.Dispose();
    }

    [Fact(Timeout = 180_000)]
    public async Task A_version_is_replaced_under_load_without_a_failed_or_a_mixed_answer()
    {
        var stop = TestContext.Current.CancellationToken;
        await StartAsync();
        var (old, next) = (Identity(1), Identity(2));
        Assert.NotEqual(old, next);

        using var done = new CancellationTokenSource();
        var answers = new ConcurrentQueue<Answer>();
        var load = Enumerable.Range(0, 3).Select(_ => Task.Run(
            async () =>
            {
                while (!done.IsCancellationRequested)
                {
                    answers.Enqueue(await ScoreAsync());
                }
            },
            stop)).ToArray();
        await UntilAsync(() => answers.Count > 10);

        var loading = await AdminAsync(HttpMethod.Post, "models", JsonSerializer.Serialize(new { folder = _temp["model2"] }));
        Assert.Equal(HttpStatusCode.Accepted, loading);
        await UntilAsync(async () => await PhasesAsync(next) is ["ready", "ready"]);
        Assert.Equal(HttpStatusCode.OK, await AdminAsync(HttpMethod.Put, $"routes/{Name}", $$"""{"{{old}}":1,"{{next}}":1}"""));
        await UntilAsync(() => answers.Any(a => a.Identity == next));
        Assert.Equal(HttpStatusCode.OK, await AdminAsync(HttpMethod.Put, $"routes/{Name}", $$"""{"{{next}}":1}"""));
        Assert.Equal(HttpStatusCode.Accepted, await AdminAsync(HttpMethod.Delete, $"models/{old}"));
        await UntilAsync(async () => await PhasesAsync(old) is []);
        var after = answers.Count;
        await UntilAsync(() => answers.Count > after + 20);
        await done.CancelAsync();
        await Task.WhenAll(load);

        Assert.All(answers, a => Assert.Equal(HttpStatusCode.OK, a.Status));
        Assert.All(answers.Skip(after + load.Length), a => Assert.Equal(next, a.Identity));

        // One answer of each identity is compared with all others of it: a mixed one would differ.
        foreach (var identity in (string[])[old, next])
        {
            var same = answers.Where(a => a.Identity == identity).ToArray();
            Assert.All(same, a => AssertClose(same[0].Scores, a.Scores));
        }

        var (one, other) = (answers.First(a => a.Identity == old).Scores, answers.First(a => a.Identity == next).Scores);
        Assert.All(one.Zip(other), p => Assert.True(Math.Abs(p.First - p.Second) > 1e-4, "the models give other scores"));
    }

    private static void AssertClose(double[] expected, double[] actual)
        => Assert.All(expected.Zip(actual), p => Assert.InRange(p.Second, p.First - 1e-5, p.First + 1e-5));

    private async Task StartAsync()
    {
        var gatewayPorts = new[] { LoopbackPorts.Take(), LoopbackPorts.Take() };
        var siloPorts = new[] { _primaryPort, LoopbackPorts.Take() };
        for (var i = 0; i < 2; i++)
        {
            var silo = Start(
                "Reranker.Silo.dll",
                $"--Reranker:Models:{Name}", _temp["model1"],
                "--Reranker:Engine", "Cpu",
                "--Reranker:CpuThreads", "1",
                "--Reranker:ModelsRoot", Path.GetDirectoryName(_temp["model1"])!,
                "--Reranker:CalibrationTime", "00:00:00.200",
                "--Reranker:Cluster:SiloPort", Text(siloPorts[i]),
                "--Reranker:Cluster:GatewayPort", Text(gatewayPorts[i]));
            await silo.WaitForLineAsync("Application started", Stop);
        }

        var gateway = Start("Reranker.Gateway.dll", "--Gateway:AdminKey", AdminKey, "--Reranker:Cluster:GatewayPort", Text(gatewayPorts[0]));
        var line = await gateway.WaitForLineAsync("Now listening on:", Stop);
        _http = new HttpClient { BaseAddress = new Uri(line[line.IndexOf("http", StringComparison.Ordinal)..].Trim()) };
        _http.DefaultRequestHeaders.Authorization = new("Bearer", AdminKey);

        // Both silos must serve before the change, or the drain of one would be none.
        await UntilAsync(async () => await PhasesAsync(Identity(1)) is ["ready", "ready"]);
    }

    private ProgramProcess Start(string program, params string[] arguments)
    {
        var process = ProgramProcess.Start(
            Path.Combine(AppContext.BaseDirectory, program),
            [
                .. arguments,
                "--urls", "http://127.0.0.1:0",
                "--Reranker:Clustering", "Localhost",
                "--Reranker:Cluster:AdminSecret", AdminSecret,
                "--Reranker:Cluster:PrimarySiloPort", Text(_primaryPort),
            ]);
        _processes.Add(process);
        return process;
    }

    private string Identity(int model)
        => JsonDocument.Parse(File.ReadAllText(Path.Combine(_temp[$"model{model}"], "manifest.json"))).RootElement.GetProperty("identity").GetString()!;

    private async Task<Answer> ScoreAsync()
    {
        using var response = await _http.PostAsJsonAsync("/rerank", new { query = "which?", texts = Texts }, Stop);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            return new Answer(response.StatusCode, "", []);
        }

        var body = await response.Content.ReadFromJsonAsync<JsonElement>(Stop);
        var scores = new double[Texts.Length];
        foreach (var entry in body.EnumerateArray())
        {
            scores[entry.GetProperty("index").GetInt32()] = entry.GetProperty("score").GetDouble();
        }

        return new Answer(response.StatusCode, response.Headers.GetValues("X-Reranker-Model").Single(), scores);
    }

    private async Task<HttpStatusCode> AdminAsync(HttpMethod method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(method, new Uri($"/admin/{path}", UriKind.Relative));
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await _http.SendAsync(request, Stop);
        return response.StatusCode;
    }

    private async Task<string[]> PhasesAsync(string identity)
    {
        using var response = await _http.GetAsync(new Uri("/admin/models", UriKind.Relative), Stop);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            return ["unknown"];
        }

        var body = await response.Content.ReadFromJsonAsync<JsonElement>(Stop);
        return
        [
            .. body.GetProperty("models").EnumerateArray()
                .Where(m => m.GetProperty("identity").GetString() == identity)
                .SelectMany(m => m.GetProperty("silos").EnumerateArray())
                .Select(s => s.GetProperty("phase").GetString()!),
        ];
    }

    private static Task UntilAsync(Func<bool> condition) => UntilAsync(() => Task.FromResult(condition()));

    // The test's own time-out is the limit.
    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        while (!await condition())
        {
            await Task.Delay(100, Stop);
        }
    }

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);

    private sealed record Answer(HttpStatusCode Status, string Identity, double[] Scores);
}
