using Microsoft.Extensions.Configuration;
using Reranker.Gateway.Configuration;

namespace Reranker.Gateway.Tests.Configuration;

public sealed class GrpcOptionsTests
{
    [Theory]
    [InlineData("https://*:8081", 16, null, "Url must be an address without TLS")]
    [InlineData("8081", 16, null, "Url must be an address without TLS")]
    [InlineData("http://unix:/tmp/socket", 16, null, "Url must be an address without TLS")]
    [InlineData("http://*:8081", 16, "http://*:8080", "Url has no effect beside Kestrel:Endpoints")]
    [InlineData(null, 0, null, "MaxRequestsPerStream must be from 1 to 1024")]
    [InlineData(null, 1025, null, "MaxRequestsPerStream must be from 1 to 1024")]
    public void What_would_not_work_stops_the_start(string? url, int requests, string? endpoint, string failure)
    {
        var result = Validate(url, requests, endpoint);

        Assert.StartsWith($"Gateway:Grpc:{failure}", Assert.Single(result.Failures!), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData(null, "http://*:8080")]
    [InlineData("http://*:8081", null)]
    [InlineData("http://[::1]:0", null)]
    public void What_works_is_taken(string? url, string? endpoint) => Assert.True(Validate(url, 1, endpoint).Succeeded);

    private static Microsoft.Extensions.Options.ValidateOptionsResult Validate(string? url, int requests, string? endpoint)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create("Kestrel:Endpoints:Http:Url", endpoint)]).Build();
        if (endpoint is null)
        {
            configuration = new ConfigurationBuilder().Build();
        }

        return new GrpcOptionsValidator(configuration).Validate(null, new GrpcOptions { Url = url, MaxRequestsPerStream = requests });
    }
}
