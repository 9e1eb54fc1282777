namespace Reranker.Gateway.Configuration;

/// <summary>gRPC, section <c>Gateway:Grpc</c> of the configuration.</summary>
public sealed record GrpcOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = $"{GatewayOptions.Section}:Grpc";

    /// <summary>
    /// Where to listen for gRPC without TLS, beside the addresses of HTTP, such as <c>http://*:8081</c>: that port speaks HTTP/2 and
    /// nothing else. Default null: gRPC is served where the other addresses speak HTTP/2, which without TLS they do not.
    /// </summary>
    public string? Url { get; set; }

    /// <summary>Whether the services describe themselves to those who have a key. Default false.</summary>
    public bool Reflection { get; set; }

    /// <summary>Most requests of one stream that are scored at once; further ones are not read before. Default 16.</summary>
    public int MaxRequestsPerStream { get; set; } = 16;
}
