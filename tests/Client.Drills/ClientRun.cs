using System.Text.Json;
using System.Text.Json.Serialization;
using Reranker.TestKit.Processes;

namespace Reranker.Client.Drills;

/// <summary>One call of a client. What is null is left to the client.</summary>
internal sealed record ClientCall(string Query, IReadOnlyList<string> Documents)
{
    public int? TopN { get; init; }

    public bool? ReturnDocuments { get; init; }

    public IReadOnlyDictionary<string, string>? Headers { get; init; }
}

/// <summary>An entry of what a client gives its user.</summary>
internal sealed record ClientEntry(int Index, double Score, string? Document);

/// <summary>What a call ended in: a ranking, or the error that the user sees and what it was made of.</summary>
internal sealed record ClientAnswer(ClientEntry[]? Ranking, string? Error, string? Cause, int? Status, string? Message);

/// <summary>A request of a client and the status it was answered with.</summary>
internal sealed record ClientExchange(string Method, string Path, string? Authorization, int Status, string? RetryAfter);

/// <summary>What a client did: the answers of its calls, and everything that went over the wire.</summary>
internal sealed record ClientRun(ClientAnswer[] Answers, ClientExchange[] Exchanges)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };
    private static readonly Lazy<string> Folder = new(CopyScripts);

    /// <summary>Requests for scores, without those that ask which models there are.</summary>
    public ClientExchange[] Reranks => [.. Exchanges.Where(static e => e.Method == "POST")];

    /// <summary>Runs a client, unchanged as npm has it, in a process of its own.</summary>
    public static async Task<ClientRun> RunAsync(string client, Uri server, string key, params IReadOnlyList<ClientCall> calls)
    {
        var input = JsonSerializer.Serialize(new { target = server, key, calls }, Json);
        await using var process = ProgramProcess.StartTool("node", ["drive.mjs", client], input, Folder.Value);
        var code = await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(code == 0, $"{client}: {process.Error}{process.Output}");
        return JsonSerializer.Deserialize<ClientRun>(process.Output, Json)!;
    }

    /// <summary>Puts the scripts beside the packages that they import, once, and gives the folder.</summary>
    private static string CopyScripts()
    {
        var scripts = Path.Combine(Checkout.Root, "tests", "Client.Drills", "npm");
        var folder = Checkout.FindNpmClients();
        foreach (var file in Directory.EnumerateFiles(scripts, "*.mjs", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(folder, Path.GetRelativePath(scripts, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy, overwrite: true);
        }

        return folder;
    }
}
