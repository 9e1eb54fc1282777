using System.Net;
using System.Net.Sockets;

namespace Reranker.TestKit.Processes;

/// <summary>
/// Ports for processes that must come back on the same ones. They lie below those that an operating system gives to outgoing
/// connections, so that nothing takes one while its process is down.
/// </summary>
public static class LoopbackPorts
{
    private const int First = 12_000;
    private const int Count = 7_000;

    private static int _next = Environment.ProcessId * 13 % Count;

    /// <summary>A port that is free now, another one at each call.</summary>
    public static int Take()
    {
        while (true)
        {
            var port = First + (Interlocked.Increment(ref _next) % Count);
            if (IsFree(port))
            {
                return port;
            }
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
