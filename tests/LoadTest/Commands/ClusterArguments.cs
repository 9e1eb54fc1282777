using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using Reranker.Client.Connection;

namespace Reranker.LoadTest.Commands;

/// <summary>The part of the command line that says where a cluster is, in the terms of the client's <see cref="ClusterConnection"/>.</summary>
internal sealed class ClusterArguments
{
    private const string Redis = "redis";
    private const string PostgreSql = "postgresql";
    private const string Static = "static";
    private const string Localhost = "localhost";
    private const int DefaultGatewayPort = 30_000;
    private const string DefaultId = "reranker";

    private static readonly string[] Kinds = [Redis, PostgreSql, Static, Localhost];

    public Option<string?> Cluster { get; } = new("--cluster")
    {
        Description = "Load a cluster through the client package instead of gateways over HTTP: where its silos are found.",
        HelpName = string.Join('|', Kinds),
    };
    public Option<string?> ConnectionString { get; } = new("--connection-string") { Description = "Of the membership, with --cluster redis or postgresql." };
    public Option<IPEndPoint[]> Gateways { get; } = new("--gateways")
    {
        Description = "With --cluster static: address and gateway port of a silo. Several may be given; other silos get no requests from here.",
        HelpName = "IP:PORT",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [],
        CustomParser = ParseEndPoints,
    };
    public Option<int[]> GatewayPorts { get; } = new("--gateway-ports")
    {
        Description = $"With --cluster localhost: gateway ports of the silos. Default: {DefaultGatewayPort}.",
        HelpName = "PORT",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [],
    };
    public Option<string> ClusterId { get; } = new("--cluster-id") { Description = "Cluster id of the silos.", DefaultValueFactory = _ => DefaultId };
    public Option<string> ServiceId { get; } = new("--service-id") { Description = "Service id of the silos.", DefaultValueFactory = _ => DefaultId };

    /// <summary>Adds the options and their rules.</summary>
    /// <param name="command">The command.</param>
    /// <param name="ofHttp">Options that mean something for gateways alone.</param>
    public void AddTo(Command command, params Option[] ofHttp)
    {
        foreach (var option in (Option[])[Cluster, ConnectionString, Gateways, GatewayPorts, ClusterId, ServiceId])
        {
            command.Options.Add(option);
        }

        Cluster.Validators.Add(static result =>
        {
            if (result.Tokens is [var token] && !Kinds.Contains(token.Value))
            {
                result.AddError($"'{token.Value}' is none of {string.Join(", ", Kinds)}.");
            }
        });
        GatewayPorts.Validators.Add(static result =>
        {
            foreach (var token in result.Tokens.Where(static t => !ushort.TryParse(t.Value, out var port) || port == 0))
            {
                result.AddError($"'{token.Value}' is no port.");
            }
        });
        command.Validators.Add(result =>
        {
            if (result.Children.Any(static c => c.Errors.Any()))
            {
                // A value that was refused must not be read.
                return;
            }

            var kind = result.GetValue(Cluster);
            Check(result, ConnectionString, kind is Redis or PostgreSql, $"--cluster {Redis} or {PostgreSql}", isNeeded: true);
            Check(result, Gateways, kind is Static, $"--cluster {Static}", isNeeded: true);
            Check(result, GatewayPorts, kind is Localhost, $"--cluster {Localhost}");
            Check(result, ClusterId, kind is not null, "--cluster");
            Check(result, ServiceId, kind is not null, "--cluster");
            foreach (var option in ofHttp)
            {
                Check(result, option, kind is null, "gateways over HTTP, not --cluster");
            }

            if (!result.Errors.Any() && kind is Redis or PostgreSql && !IsUnderstood(kind, result.GetValue(ConnectionString)!))
            {
                // What is wrong with it is not repeated: it may hold a password.
                result.AddError($"{ConnectionString.Name} is none that --cluster {kind} understands.");
            }
        });
    }

    /// <summary>Where the cluster is; null without <c>--cluster</c>.</summary>
    public ClusterConnection? Connection(ParseResult parsed)
    {
        var connection = parsed.GetValue(Cluster) switch
        {
            null => null,
            Static => ClusterConnection.FromGateways(parsed.GetRequiredValue(Gateways)),
            Localhost => ClusterConnection.FromGateways([.. Ports(parsed).Select(static p => new IPEndPoint(IPAddress.Loopback, p))]),
            var kind => OfMembership(kind, parsed.GetRequiredValue(ConnectionString)!),
        };
        return connection is null
            ? null
            : connection with { ClusterId = parsed.GetRequiredValue(ClusterId), ServiceId = parsed.GetRequiredValue(ServiceId) };
    }

    private int[] Ports(ParseResult parsed)
        => parsed.GetRequiredValue(GatewayPorts) is { Length: > 0 } ports ? ports : [DefaultGatewayPort];

    private static ClusterConnection OfMembership(string kind, string connectionString)
        => kind == Redis ? ClusterConnection.FromRedis(connectionString) : ClusterConnection.FromPostgreSql(connectionString);

    private static bool IsUnderstood(string kind, string connectionString)
    {
        try
        {
            _ = OfMembership(kind, connectionString);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static void Check(CommandResult command, Option option, bool belongs, string to, bool isNeeded = false)
    {
        var isGiven = command.GetResult(option) is { Implicit: false };
        if (isGiven && !belongs)
        {
            command.AddError($"{option.Name} belongs to {to}.");
        }
        else if (!isGiven && belongs && isNeeded)
        {
            command.AddError($"{to} needs {option.Name}.");
        }
    }

    private static IPEndPoint[] ParseEndPoints(ArgumentResult result)
    {
        var endPoints = new List<IPEndPoint>();
        foreach (var token in result.Tokens)
        {
            if (IPEndPoint.TryParse(token.Value, out var endPoint) && endPoint.Port > 0)
            {
                endPoints.Add(endPoint);
            }
            else
            {
                result.AddError($"'{token.Value}' is no IP address with a port.");
            }
        }

        return [.. endPoints];
    }
}
