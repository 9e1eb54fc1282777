using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Reranker.ServiceDefaults.Clustering;

/// <summary>
/// A loopback port that is free now and that no other process of this program takes: it is guarded by a locked file
/// from its choice to the end of the process, because the silo binds it only later. The range lies below the ports that
/// operating systems give to outgoing connections.
/// </summary>
internal sealed class LoopbackPort : IDisposable
{
    private const int First = 20_000;
    private const int Count = 10_000;
    private readonly FileStream _guard;

    private LoopbackPort(int port, FileStream guard) => (Port, _guard) = (port, guard);

    /// <summary>The port.</summary>
    public int Port { get; }

    /// <summary>Takes a port.</summary>
    /// <exception cref="InvalidOperationException">All ports of the range are taken.</exception>
    public static LoopbackPort TakePort()
    {
        // Processes start looking at different places.
        var start = Environment.ProcessId * 7 % Count;
        for (var i = 0; i < Count; i++)
        {
            var port = First + ((start + i) % Count);
            if (TryLockPort(port) is { } guard)
            {
                if (IsFree(port))
                {
                    return new LoopbackPort(port, guard);
                }

                guard.Dispose();
            }
        }

        throw new InvalidOperationException($"No loopback port from {First} to {First + Count - 1} is free.");
    }

    /// <inheritdoc/>
    public void Dispose() => _guard.Dispose();

    private static FileStream? TryLockPort(int port)
    {
        var path = Path.Combine(Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture, $"reranker-port-{port}.lock"));
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
