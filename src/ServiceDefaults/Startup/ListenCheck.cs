using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Reranker.ServiceDefaults.Configuration;

namespace Reranker.ServiceDefaults.Startup;

/// <summary>Checks that the web server can listen where it is told to, and that it would listen nowhere else.</summary>
/// <param name="configuration">The settings.</param>
/// <param name="others">Addresses that no setting of the server itself names.</param>
internal sealed class ListenCheck(IConfiguration configuration, IEnumerable<ListenAddress> others) : IStartCheck
{
    private const int LastPort = 65_535;
    private const string Example = "write for example http://127.0.0.1:8080";

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> FindFaultsAsync(CancellationToken cancellationToken)
        => Task.FromResult<IReadOnlyList<string>>(
            [.. ListenAddress.Read(configuration).Concat(others).Select(a => FindProblem(a) is { } problem ? $"{a.Key} is '{a.Url}', {problem}." : null).OfType<string>()]);

    private static string? FindProblem(ListenAddress listen)
    {
        BindingAddress address;
        try
        {
            address = BindingAddress.Parse(listen.Url);
        }
        catch (FormatException)
        {
            return $"which is no address to listen at; {Example}";
        }

        if (address.Scheme is not ("http" or "https"))
        {
            return $"which is neither http nor https; {Example}";
        }

        if (address.Scheme == "https" && !listen.HasCertificate)
        {
            return "which needs a certificate: Kestrel:Certificates:Default:Path";
        }

        if (address.IsUnixPipe || address.IsNamedPipe)
        {
            return null;
        }

        return address.PathBase.Length > 0 ? $"which has a path; {Example}"
            : address.Port is < 0 or > LastPort ? $"whose port is not from 0 to {LastPort}"
            : FindHostProblem(address.Host, address.Port);
    }

    private static string? FindHostProblem(string host, int port)
    {
        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
        {
            // IPv6 may be switched off; the server then does without it.
            return port == 0
                ? "where port 0, any free port, needs an IP address, such as 127.0.0.1"
                : PortProbe.FindProblem(IPAddress.Loopback, port) is { } problem ? $"and {problem}" : null;
        }

        if (host is "*" or "+")
        {
            host = Socket.OSSupportsIPv6 ? "::" : "0.0.0.0";
        }

        // The web server takes a name it does not know for every address of the machine: a slip would open the door.
        if (!IPAddress.TryParse(host.Trim('[', ']'), out var address))
        {
            return $"whose host '{host}' is neither an IP address nor localhost; write * for every address of this machine";
        }

        return port > 0 && PortProbe.FindProblem(address, port) is { } taken ? $"and {taken}" : null;
    }
}
