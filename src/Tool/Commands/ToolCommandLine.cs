using System.CommandLine;
using System.CommandLine.Invocation;
using Reranker.Onnx.HuggingFace;
using Reranker.Onnx.Quantization.Ranges;
using Reranker.ServiceDefaults.Startup;
using Reranker.Silo.Hosting;
using Reranker.Tool.Hub;
using Reranker.Tool.Input;

namespace Reranker.Tool.Commands;

/// <summary>The program's commands, and what becomes of an error that one of them meets.</summary>
internal static class ToolCommandLine
{
    /// <summary>Parses and runs; returns one of <see cref="ExitCodes"/>.</summary>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error)
    {
        var parsed = HearSignals(CreateRootCommand()).Parse(args);
        if (parsed.Errors.Count > 0 && parsed.Action is not System.CommandLine.Help.HelpAction)
        {
            foreach (var problem in parsed.Errors)
            {
                await error.WriteLineAsync(problem.Message);
            }

            await error.WriteLineAsync($"Try '{FindPath(parsed.CommandResult.Command)} --help'.");
            return ExitCodes.Usage;
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                Output = output,
                Error = error,

                // A server drains for as long as its requests need; after two seconds, the default, it would be ended under them.
                ProcessTerminationTimeout = Timeout.InfiniteTimeSpan,
            });
        }
        catch (OperationCanceledException)
        {
            await error.WriteLineAsync("cancelled");
            return ExitCodes.Interrupted;
        }
        catch (Exception e) when (StartFaults.Describe(e, IsUserError) is { } sentences)
        {
            foreach (var sentence in sentences)
            {
                await error.WriteLineAsync($"reranker: {sentence}");
            }

            return ExitCodes.Failure;
        }
    }

    // Signals are heard from when an action first waits for something. One that computes before that would be ended where it stands, and
    // leave its files; so all of them begin on another thread.
    private static RootCommand HearSignals(RootCommand root)
    {
        foreach (var command in ListCommands(root).Where(c => c.Action is AsynchronousCommandLineAction))
        {
            var action = (AsynchronousCommandLineAction)command.Action!;
            command.SetAction((parsed, cancellationToken) => Task.Run(() => action.InvokeAsync(parsed, cancellationToken), CancellationToken.None));
        }

        return root;
    }

    private static IEnumerable<Command> ListCommands(Command command) => command.Subcommands.SelectMany(ListCommands).Prepend(command);

    private static RootCommand CreateRootCommand() => new("Reranks search results with a cross-encoder: serve it over HTTP, rank from the shell, import and check models.")
    {
        ServeCommand.CreateCommand(),
        ConfigCommand.CreateCommand(),
        RankCommand.CreateCommand(),
        KeyCommand.CreateCommand(),
        PullCommand.CreateCommand(),
        ImportCommand.CreateCommand(),
        ModelsCommand.CreateCommand(),
        QuantizeCommand.CreateCommand(),
        SynthCommand.CreateCommand(),
        VerifyCommand.CreateCommand(),
        CompareCommand.CreateCommand(),
        QualityCommand.CreateCommand(),
        CalibrateCommand.CreateCommand(),
        EngineCommand.CreateCommand(),
        ExportCommand.CreateCommand(),
        BenchCommand.CreateCommand(),
        PlanCommand.CreateCommand(),
        DoctorCommand.CreateCommand(),
        DoctorCommand.CreateProbeCommand(),
    };

    // Errors whose message says what to do. Anything else is a fault of the program and keeps its stack trace.
    private static bool IsUserError(Exception e) =>
        e is InputException or HubException or CheckpointException or QuantizationException || SiloStart.IsUserError(e);

    private static string FindPath(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? $"{FindPath(parent)} {command.Name}" : "reranker";
}
