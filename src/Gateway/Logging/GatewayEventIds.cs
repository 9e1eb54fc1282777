namespace Reranker.Gateway.Logging;

/// <summary>The event ids of this assembly's log messages.</summary>
internal static class GatewayEventIds
{
    public const int RequestRefused = 4001;
    public const int RequestDefect = 4003;
    public const int FleetUnreachable = 4004;
    public const int FleetReachable = 4005;
    public const int Draining = 4006;
    public const int FleetUnknown = 4010;
    public const int BulkDefect = 4012;
    public const int KeysRead = 4021;
    public const int KeysBroken = 4022;
    public const int QuotasLeased = 4023;
    public const int QuotasNotLeased = 4024;
    public const int RpcRefused = 4025;
    public const int RpcDefect = 4026;
}
