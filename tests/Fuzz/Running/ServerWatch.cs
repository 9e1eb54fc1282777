using System.Globalization;

namespace Reranker.Fuzz.Running;

/// <summary>What a process of this machine holds, read from /proc, and its requests in progress, read from its metrics.</summary>
internal sealed class ServerWatch(int processId, Uri url, HttpClient http)
{
    public async Task<ServerState> ReadAsync(CancellationToken cancellationToken)
    {
        var folder = $"/proc/{processId.ToString(CultureInfo.InvariantCulture)}";
        var status = await File.ReadAllLinesAsync($"{folder}/status", cancellationToken);
        var metrics = (await http.GetStringAsync(new Uri(url, "/metrics"), cancellationToken)).Split('\n');
        return new ServerState(
            Number(status, "VmRSS:") / 1024,
            Directory.GetFileSystemEntries($"{folder}/fd").Length,
            Number(status, "Threads:"),
            Sum(metrics, "reranker_gateway_active_requests"),
            Sum(metrics, "dotnet_gc_last_collection_heap_size_bytes") / (1024 * 1024));
    }

    private static long Number(string[] lines, string name) => lines
        .Where(line => line.StartsWith(name, StringComparison.Ordinal))
        .Select(static line => long.Parse(string.Concat(line.Where(char.IsAsciiDigit)), CultureInfo.InvariantCulture))
        .FirstOrDefault();

    private static double Sum(string[] lines, string name) => lines
        .Where(line => line.StartsWith(name, StringComparison.Ordinal))
        .Sum(static line => double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture));
}
