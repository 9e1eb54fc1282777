using System.CommandLine;

namespace Reranker.Tool.Commands;

/// <summary><c>reranker verify</c>: does a model folder still give the scores it was made with?</summary>
internal static class VerifyCommand
{
    public static Command Create() => new("verify", "Check a model folder.");
}
