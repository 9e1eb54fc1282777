using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Reranker.Tool.Doctor.Facts;

/// <summary>Reads what the system says without native code: its name, ports, limits, folders, cards on the bus.</summary>
internal static class SystemReader
{
    private const string NvidiaVendor = "0x10de";
    private const string DisplayClass = "0x03";

    /// <summary>Ports by their usual users.</summary>
    public static IReadOnlyList<(int Port, string User)> Ports { get; } =
    [
        (8080, "reranker serve"), (5000, "gateway or silo, HTTP"), (11111, "silo, for silos"), (30000, "silo, for gateways"),
    ];

    /// <summary>Program and system.</summary>
    public static SystemFacts ReadSystem() => new(
        typeof(SystemReader).Assembly.GetName().Version?.ToString(3) ?? "",
        RuntimeInformation.OSDescription,
        ReadLines("/etc/os-release").FirstOrDefault(l => l.StartsWith("ID=", StringComparison.Ordinal))?[3..].Trim('"'),
        RuntimeInformation.FrameworkDescription,
        RuntimeInformation.RuntimeIdentifier,
        File.Exists("/.dockerenv") || File.Exists("/run/.containerenv") || Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_HOST") is not null);

    /// <summary>NVIDIA cards on the bus.</summary>
    public static int CountCards(string devices = "/sys/bus/pci/devices") => !Directory.Exists(devices) ? 0 : Directory.EnumerateDirectories(devices)
        .Count(d => ReadLines(Path.Combine(d, "vendor")).FirstOrDefault() == NvidiaVendor
            && ReadLines(Path.Combine(d, "class")).FirstOrDefault()?.StartsWith(DisplayClass, StringComparison.Ordinal) == true);

    /// <summary>Whether somebody listens on a port of this machine.</summary>
    public static PortFacts ReadPort(int port, string user)
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ExclusiveAddressUse = true };
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return new PortFacts(port, user, IsFree: true);
        }
        catch (SocketException)
        {
            return new PortFacts(port, user, IsFree: false);
        }
    }

    /// <summary>Limits of this process.</summary>
    public static LimitFacts ReadLimits() => ParseLimits(ReadLines("/proc/self/limits"));

    /// <summary>Those of a file as <c>/proc/self/limits</c>.</summary>
    internal static LimitFacts ParseLimits(IEnumerable<string> lines)
    {
        var all = lines.ToList();
        long? Find(string name) => all.FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal)) is { } line
            && long.TryParse(line[name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], CultureInfo.InvariantCulture, out var value) ? value : null;
        return new LimitFacts(Find("Max open files"), Find("Max locked memory"));
    }

    /// <summary>Whether a folder can be written to; one that is not there, whether it could be made.</summary>
    public static FolderFacts ReadFolder(string use, string path)
    {
        path = Path.GetFullPath(path);
        var existing = path;
        while (!Path.Exists(existing) && Path.GetDirectoryName(existing) is { } parent)
        {
            existing = parent;
        }

        try
        {
            if (!Directory.Exists(existing))
            {
                return new FolderFacts(use, path, existing == path ? "it is a file" : $"{existing} is a file", 0);
            }

            using (File.Create(Path.Combine(existing, $".reranker-doctor-{Guid.NewGuid():N}"), 1, FileOptions.DeleteOnClose))
            {
            }

            return new FolderFacts(use, path, Problem: null, new DriveInfo(existing).AvailableFreeSpace);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new FolderFacts(use, path, $"{existing} cannot be written to", 0);
        }
    }

    private static string[] ReadLines(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllLines(path) : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
