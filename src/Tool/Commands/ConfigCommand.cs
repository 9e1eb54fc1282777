using System.CommandLine;
using Reranker.ServiceDefaults.Startup;
using Reranker.Tool.Arguments;

namespace Reranker.Tool.Commands;

/// <summary><c>reranker config</c>: the settings that <c>reranker serve</c> would have.</summary>
internal static class ConfigCommand
{
    public static Command CreateCommand()
    {
        var arguments = new ServeArguments();
        var command = new Command(
            "config", "Show the settings that 'serve' would have with the same options, and where each comes from. Secrets are masked.");
        arguments.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await HostStart.WriteSettingsAsync(
                arguments.CreateBuilder(parsed), ServeArguments.AddServices, parsed.InvocationConfiguration.Output, cancellationToken);
            return ExitCodes.Success;
        });
        return command;
    }
}
