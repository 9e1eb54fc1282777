using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Reranker.Client.Connection;

namespace Reranker.Client.Tests.Connection;

public sealed class HostGatewaysTests
{
    private readonly Dictionary<string, IPAddress[]> _names = new()
    {
        ["silos"] = [IPAddress.Parse("10.0.0.1"), IPAddress.Parse("10.0.0.2")],
        ["one"] = [IPAddress.IPv6Loopback],
    };

    [Fact]
    public async Task A_name_stands_for_all_its_addresses_as_they_are_now()
    {
        var gateways = Create(new DnsEndPoint("silos", 30000), new DnsEndPoint("one", 1));
        Assert.Equal(["10.0.0.1:30000", "10.0.0.2:30000", "[::1]:1"], await ListAsync(gateways));

        _names["silos"] = [IPAddress.Parse("10.0.0.3")];

        Assert.Equal(["10.0.0.3:30000", "[::1]:1"], await ListAsync(gateways));
        Assert.True(gateways.IsUpdatable);
    }

    [Fact]
    public async Task A_name_that_cannot_be_resolved_counts_with_the_addresses_it_had()
    {
        var gateways = Create(new DnsEndPoint("silos", 30000), new DnsEndPoint("nobody", 1));
        Assert.Equal(["10.0.0.1:30000", "10.0.0.2:30000"], await ListAsync(gateways));

        _names.Remove("silos");

        Assert.Equal(["10.0.0.1:30000", "10.0.0.2:30000"], await ListAsync(gateways));
    }

    [Theory]
    [InlineData("silos")]
    [InlineData(":30000")]
    [InlineData("silos:0")]
    [InlineData("silos:70000")]
    [InlineData("http://silos:30000")]
    [InlineData("::1:30000")]
    [InlineData("")]
    public void What_is_no_host_with_a_port_is_refused_by_name(string host)
        => Assert.Contains($"'{host}'", Assert.Throws<ArgumentException>(() => ClusterConnection.FromHosts(host)).Message, StringComparison.Ordinal);

    [Fact]
    public void Names_and_addresses_are_hosts()
    {
        Assert.NotNull(ClusterConnection.FromHosts("silos.example:30000", "10.0.0.1:30000", "[::1]:30000"));
        Assert.Throws<ArgumentException>(() => ClusterConnection.FromHosts());
    }

    private static async Task<string[]> ListAsync(HostGateways gateways)
        => [.. (await gateways.GetGateways()).Select(static uri => uri.ToGatewayAddress()!.Endpoint.ToString()).Order(StringComparer.Ordinal)];

    private HostGateways Create(params DnsEndPoint[] hosts) => new(
        hosts,
        (name, _) => _names.TryGetValue(name, out var addresses)
            ? Task.FromResult(addresses)
            : Task.FromException<IPAddress[]>(new SocketException((int)SocketError.HostNotFound)),
        Options.Create(new GatewayOptions()),
        NullLogger<HostGateways>.Instance);
}
