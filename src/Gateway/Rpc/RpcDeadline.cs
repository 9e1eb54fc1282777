using System.Globalization;
using Reranker.Gateway.Configuration;
using Reranker.Gateway.Errors;
using Reranker.Gateway.Http;

namespace Reranker.Gateway.Rpc;

/// <summary>The time that a call has: the header in which gRPC's clients send their deadline, else the one that HTTP's do.</summary>
internal static class RpcDeadline
{
    private const string Header = "grpc-timeout";
    private const int MaxDigits = 8;

    /// <summary>What the call asks for; null where it does not.</summary>
    /// <exception cref="RequestFormatException">The header is no time.</exception>
    public static TimeSpan? Read(HttpRequest request, GatewayOptions options)
    {
        var header = request.Headers[Header].ToString();
        if (header.Length > 0)
        {
            return Parse(header) ?? throw new RequestFormatException(
                GatewayError.CreateInvalid($"The header {Header} must be a number of up to {MaxDigits} digits and a unit: H, M, S, m, u or n.", Header));
        }

        return request.Headers.ContainsKey(RequestHeaders.TimeoutMilliseconds) ? RequestHeaders.ReadDeadline(request, options) : null;
    }

    private static TimeSpan? Parse(string header)
    {
        var digits = header.AsSpan(0, header.Length - 1);
        if (digits.Length is 0 or > MaxDigits || !long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var value))
        {
            return null;
        }

        return header[^1] switch
        {
            'H' => TimeSpan.FromHours(Math.Min(value, (long)TimeSpan.MaxValue.TotalHours)),
            'M' => TimeSpan.FromMinutes(value),
            'S' => TimeSpan.FromSeconds(value),
            'm' => TimeSpan.FromMilliseconds(value),
            'u' => TimeSpan.FromMicroseconds(value),
            'n' => TimeSpan.FromTicks(value / TimeSpan.NanosecondsPerTick),
            _ => null,
        };
    }
}
