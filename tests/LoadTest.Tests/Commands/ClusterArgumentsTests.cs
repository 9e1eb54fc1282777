using System.CommandLine;
using Reranker.LoadTest.Commands;

namespace Reranker.LoadTest.Tests.Commands;

public sealed class ClusterArgumentsTests
{
    private static (LoadArguments Arguments, ParseResult Parsed) Parse(string line)
    {
        var arguments = new LoadArguments();
        var command = new RootCommand();
        arguments.AddTo(command);
        return (arguments, command.Parse(line));
    }

    [Theory]
    [InlineData("--cluster redis --connection-string 127.0.0.1:6400")]
    [InlineData("--cluster postgresql --connection-string Host=db;Database=reranker")]
    [InlineData("--cluster static --gateways 10.0.0.1:30000 10.0.0.2:30000")]
    [InlineData("--cluster static --gateways 10.0.0.1:30000 --gateways [::1]:30000")]
    [InlineData("--cluster localhost")]
    [InlineData("--cluster localhost --gateway-ports 30001 30002")]
    public void A_cluster_is_named_as_the_client_names_it(string line)
    {
        var (arguments, parsed) = Parse($"{line} --cluster-id a --service-id b");
        Assert.Empty(parsed.Errors);
        var cluster = arguments.Options(parsed).Cluster!;
        Assert.Equal(("a", "b"), (cluster.ClusterId, cluster.ServiceId));
    }

    [Fact]
    public void Without_it_gateways_are_loaded()
    {
        var (arguments, parsed) = Parse("--url http://127.0.0.1:1 --failover --api-key k");
        Assert.Empty(parsed.Errors);
        Assert.Null(arguments.Options(parsed).Cluster);
    }

    [Fact]
    public void The_ids_are_those_of_the_client_unless_given()
    {
        var (arguments, parsed) = Parse("--cluster localhost");
        var cluster = arguments.Options(parsed).Cluster!;
        var theirs = Client.Connection.ClusterConnection.FromGateways(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 1));
        Assert.Equal((theirs.ClusterId, theirs.ServiceId), (cluster.ClusterId, cluster.ServiceId));
    }

    [Theory]
    [InlineData("--cluster zookeeper", "'zookeeper' is none of redis, postgresql, static, localhost.")]
    [InlineData("--cluster redis", "--cluster redis or postgresql needs --connection-string.")]
    [InlineData("--cluster static", "--cluster static needs --gateways.")]
    [InlineData("--cluster static --gateways 10.0.0.1", "'10.0.0.1' is no IP address with a port.")]
    [InlineData("--cluster static --gateways silo:30000", "'silo:30000' is no IP address with a port.")]
    [InlineData("--cluster localhost --gateway-ports 70000", "'70000' is no port.")]
    [InlineData("--cluster localhost --gateways 10.0.0.1:1", "--gateways belongs to --cluster static.")]
    [InlineData("--cluster localhost --connection-string x", "--connection-string belongs to --cluster redis or postgresql.")]
    [InlineData("--cluster redis --connection-string x --gateway-ports 1", "--gateway-ports belongs to --cluster localhost.")]
    [InlineData("--cluster redis --connection-string a,nonsense=1", "--connection-string is none that --cluster redis understands.")]
    [InlineData("--cluster postgresql --connection-string nonsense", "--connection-string is none that --cluster postgresql understands.")]
    [InlineData("--cluster localhost --url http://127.0.0.1:1", "--url belongs to gateways over HTTP, not --cluster.")]
    [InlineData("--cluster localhost --failover", "--failover belongs to gateways over HTTP, not --cluster.")]
    [InlineData("--cluster localhost --api-key k", "--api-key belongs to gateways over HTTP, not --cluster.")]
    [InlineData("--cluster-id a", "--cluster-id belongs to --cluster.")]
    public void What_does_not_fit_together_is_refused(string line, string error)
        => Assert.Contains(error, Parse(line).Parsed.Errors.Select(e => e.Message));
}
