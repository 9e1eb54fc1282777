using Microsoft.Extensions.Options;

namespace Reranker.Gateway.Configuration;

internal sealed class GrpcOptionsValidator(IConfiguration configuration) : IValidateOptions<GrpcOptions>
{
    private const string Endpoints = "Kestrel:Endpoints";
    private const int MaxRequestsPerStream = 1024;

    public ValidateOptionsResult Validate(string? name, GrpcOptions options)
    {
        var failures = new List<string>();
        if (options.MaxRequestsPerStream is < 1 or > MaxRequestsPerStream)
        {
            failures.Add($"{GrpcOptions.Section}:MaxRequestsPerStream must be from 1 to {MaxRequestsPerStream}.");
        }

        if (options.Url is { } url)
        {
            if (!IsCleartext(url))
            {
                failures.Add($"{GrpcOptions.Section}:Url must be an address without TLS, such as http://*:8081; with TLS, HTTP's own addresses serve gRPC too.");
            }

            if (configuration.GetSection(Endpoints).GetChildren().Any())
            {
                failures.Add($"{GrpcOptions.Section}:Url has no effect beside {Endpoints}: add an endpoint with Protocols Http2 there.");
            }
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static bool IsCleartext(string url)
    {
        try
        {
            return BindingAddress.Parse(url) is { Scheme: "http", IsUnixPipe: false, IsNamedPipe: false };
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
