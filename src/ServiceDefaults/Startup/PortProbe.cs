using System.Net;
using System.Net.Sockets;

namespace Reranker.ServiceDefaults.Startup;

/// <summary>
/// Tries a port before anything is loaded: the server itself would find it taken only once the model is ready, minutes later.
/// </summary>
internal static class PortProbe
{
    /// <summary>Why the port cannot be listened at, as a clause; null when it can.</summary>
    public static string? FindProblem(IPAddress address, int port)
    {
        try
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            if (address.Equals(IPAddress.IPv6Any))
            {
                socket.DualMode = true;
            }

            socket.Bind(new IPEndPoint(address, port));
            return null;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => $"port {port} is in use by another process",
                SocketError.AccessDenied => $"this user may not listen at port {port}",
                SocketError.AddressNotAvailable => $"{address} is no address of this machine",
                _ => e.Message,
            };
        }
    }
}
