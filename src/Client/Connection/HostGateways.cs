using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Messaging;
using Reranker.Client.Logging;

namespace Reranker.Client.Connection;

/// <summary>
/// Silos behind names, such as that of a headless service, which has an address for each of them. Names are resolved anew whenever
/// Orleans asks, every few seconds; one that cannot be resolved counts with the addresses it had.
/// </summary>
internal sealed partial class HostGateways(
    IReadOnlyList<DnsEndPoint> hosts,
    Func<string, CancellationToken, Task<IPAddress[]>> resolve,
    IOptions<GatewayOptions> options,
    ILogger<HostGateways> logger) : IGatewayListProvider
{
    private static readonly TimeSpan ResolveTimeout = TimeSpan.FromSeconds(5);

    private readonly IPAddress[][] _known = [.. hosts.Select(static _ => Array.Empty<IPAddress>())];
    private readonly bool[] _isLogged = new bool[hosts.Count];

    /// <inheritdoc/>
    public TimeSpan MaxStaleness => options.Value.GatewayListRefreshPeriod;

    /// <inheritdoc/>
    public bool IsUpdatable => true;

    /// <inheritdoc/>
    public Task InitializeGatewayListProvider() => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task<IList<Uri>> GetGateways()
    {
        await Task.WhenAll(Enumerable.Range(0, hosts.Count).Select(ResolveAsync));
        return [.. _known.SelectMany((addresses, i) => addresses.Select(address => new IPEndPoint(address, hosts[i].Port)))
            .Distinct()
            .Select(static endpoint => SiloAddress.New(endpoint, 0).ToGatewayUri())];
    }

    private async Task ResolveAsync(int i)
    {
        try
        {
            using var timeout = new CancellationTokenSource(ResolveTimeout);
            var found = await resolve(hosts[i].Host, timeout.Token);
            _known[i] = [.. found.Where(static a => a.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6)];
            _isLogged[i] = false;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // Said once, until it works again: this is asked every few seconds.
            if (!_isLogged[i])
            {
                _isLogged[i] = true;
                LogNotResolved(hosts[i].Host, e.Message);
            }
        }
    }

    [LoggerMessage(ClientEventIds.HostNotResolved, LogLevel.Warning, "The host {Host} of silos cannot be resolved ({Reason}); its last addresses count until it can")]
    private partial void LogNotResolved(string host, string reason);
}
