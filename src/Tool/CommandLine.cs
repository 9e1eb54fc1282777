using System.CommandLine;
using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Reranker.Inference.Engines;
using Reranker.Inference.Models;
using Reranker.Onnx.HuggingFace;
using Reranker.Tool.Commands;
using Reranker.Tool.Input;

namespace Reranker.Tool;

/// <summary>The program's commands, and what becomes of an error that one of them meets.</summary>
internal static class CommandLine
{
    /// <summary>Parses and runs; returns one of <see cref="ExitCodes"/>.</summary>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error)
    {
        var parsed = Create().Parse(args);
        if (parsed.Errors.Count > 0 && parsed.Action is not System.CommandLine.Help.HelpAction)
        {
            foreach (var problem in parsed.Errors)
            {
                await error.WriteLineAsync(problem.Message);
            }

            await error.WriteLineAsync($"Try '{PathOf(parsed.CommandResult.Command)} --help'.");
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
            return ExitCodes.Failure;
        }
        catch (Exception e) when (IsForThePerson(e))
        {
            await error.WriteLineAsync($"reranker: {e.Message}");
            return ExitCodes.Failure;
        }
    }

    private static RootCommand Create() => new("Reranks search results with a cross-encoder: serve it over HTTP, rank from the shell, import and check models.")
    {
        ServeCommand.Create(),
        RankCommand.Create(),
        ImportCommand.Create(),
        SynthCommand.Create(),
        VerifyCommand.Create(),
        CompareCommand.Create(),
        EngineCommand.Create(),
        BenchCommand.Create(),
    };

    // Errors whose message says what to do. Anything else is a fault of the program and keeps its stack trace.
    private static bool IsForThePerson(Exception e) =>
        e is InputException or ModelFolderException or CheckpointException or EngineUnavailableException or EngineException
            or OptionsValidationException or ValidationException or IOException or UnauthorizedAccessException;

    private static string PathOf(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? $"{PathOf(parent)} {command.Name}" : "reranker";
}
