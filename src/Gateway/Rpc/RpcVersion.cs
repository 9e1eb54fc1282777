namespace Reranker.Gateway.Rpc;

/// <summary>The version of this program, as services tell it.</summary>
internal static class RpcVersion
{
    public static readonly string Text = typeof(RpcVersion).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";
}
