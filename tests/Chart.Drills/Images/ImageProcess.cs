using System.Globalization;
using Reranker.TestKit.Processes;

namespace Reranker.Chart.Drills.Images;

/// <summary>An image that runs: its entry point as its user, on a root that is read-only.</summary>
internal sealed class ImageProcess : IAsyncDisposable
{
    private readonly Image _image;
    private readonly string[] _writable;
    private readonly Dictionary<string, string> _readable;
    private readonly Dictionary<string, string> _environment;
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(30) };
    private readonly int _port = LoopbackPorts.Take();
    private readonly ProgramProcess _process;

    private ImageProcess(Image image, IEnumerable<string> writable, Dictionary<string, string> readable, Dictionary<string, string> environment)
    {
        // Networks are shared with this machine, so the port cannot be the image's.
        Assert.Equal("http://*:8080", image.Environment["ASPNETCORE_URLS"]);
        (_image, _writable, _readable) = (image, [.. writable], readable);
        _environment = new Dictionary<string, string>(environment) { ["ASPNETCORE_URLS"] = Url.ToString() };
        _process = StartInside(image.Command);
    }

    /// <summary>Address of its HTTP server.</summary>
    public Uri Url => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port}"));

    /// <summary>Starts an image.</summary>
    /// <param name="image">The image.</param>
    /// <param name="writable">Folders that are mounted for writing.</param>
    /// <param name="readable">Folders of this machine that are mounted for reading, by their path in the container.</param>
    /// <param name="environment">Variables beside the image's.</param>
    public static ImageProcess Start(
        Image image, IEnumerable<string> writable, Dictionary<string, string>? readable = null, Dictionary<string, string>? environment = null)
        => new(image, writable, readable ?? [], environment ?? []);

    /// <summary>Runs the image's health check in a container like this one.</summary>
    public async Task<(int ExitCode, string Output)> CheckHealthAsync(CancellationToken cancellationToken)
    {
        await using var check = StartInside(_image.Health);
        var code = await check.WaitForExitAsync(cancellationToken);
        return (code, check.Output + check.Error);
    }

    /// <summary>Waits until its health check says that it is ready.</summary>
    public async Task WaitUntilHealthyAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Assert.False(_process.HasExited, $"{_image.Name} ended.\n{_process.Output}\n{_process.Error}");
            if (await CheckHealthAsync(cancellationToken) is (0, "Healthy\n"))
            {
                return;
            }

            await Task.Delay(200, cancellationToken);
        }
    }

    /// <summary>Reranks, and returns the body of the answer.</summary>
    public async Task<string> RerankAsync(string body, CancellationToken cancellationToken)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var response = await _http.PostAsync(new Uri(Url, "/rerank"), content, cancellationToken);
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        Assert.True(response.IsSuccessStatusCode, text);
        return text;
    }

    /// <summary>What the kernel says of the program: users by <c>Uid</c>, and mounts that can be written to.</summary>
    public async Task<(string Users, string[] WritableMounts)> ReadKernelAsync(CancellationToken cancellationToken)
    {
        var folder = $"/proc/{ProcessTree.FindLast(_process.Id)}";
        var users = (await File.ReadAllLinesAsync($"{folder}/status", cancellationToken)).Single(static l => l.StartsWith("Uid:", StringComparison.Ordinal));
        var mounts = await File.ReadAllLinesAsync($"{folder}/mountinfo", cancellationToken);
        return (string.Join(' ', users.Split('\t').Skip(1)), [.. mounts.Select(static m => m.Split(' ')).Where(static m => m[5].Split(',').Contains("rw")).Select(static m => m[4]).Order()]);
    }

    /// <summary>Ends it as a container runtime does, with a signal.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> StopAsync(CancellationToken cancellationToken)
    {
        await using var kill = ProgramProcess.StartTool("kill", ["-TERM", ProcessTree.FindLast(_process.Id).ToString(CultureInfo.InvariantCulture)]);
        return await _process.WaitForExitAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _http.Dispose();
    }

    private ProgramProcess StartInside(string[] command)
    {
        var (program, arguments) = Sandbox.ListStart(_image);
        return ProgramProcess.StartTool(program, [.. arguments, .. Sandbox.ListRunArguments(_image, _writable, _readable, _environment), .. command], workingDirectory: "/");
    }
}
