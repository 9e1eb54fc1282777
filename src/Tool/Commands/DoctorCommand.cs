using System.CommandLine;
using Reranker.Tool.Doctor;
using Reranker.Tool.Doctor.Probes;

namespace Reranker.Tool.Commands;

/// <summary><c>reranker doctor</c>: what this machine can do, and why not more.</summary>
internal static class DoctorCommand
{
    public static Command CreateCommand()
    {
        var json = new Option<bool>("--json") { Description = "Print JSON, for a bug report. It holds no secrets." };
        var quick = new Option<bool>("--quick") { Description = "Look only, and start no engine." };
        var command = new Command(
            "doctor",
            "Say what this machine can do and why not more: processor, driver, libraries, engines, ports, limits, folders. "
                + "Exits with 0 when the best engine that this machine could have serves, with 1 when something is to be mended.")
        {
            json, quick,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var examination = new MachineExamination(new ProbeRunner(ProbeProgram.Own, TimeProvider.System), !parsed.GetValue(quick), parsed.InvocationConfiguration.Error);
            var facts = await examination.RunAsync(cancellationToken);
            var report = DoctorReport.FromFacts(facts);
            await parsed.InvocationConfiguration.Output.WriteAsync(
                parsed.GetValue(json) ? $"{DoctorText.FormatJson(report, facts)}\n" : DoctorText.FormatText(report));
            return report.HasMends ? ExitCodes.Failure : ExitCodes.Success;
        });
        return command;
    }

    /// <summary>What its children run.</summary>
    public static Command CreateProbeCommand()
    {
        var question = new Argument<string[]>("question") { Arity = ArgumentArity.OneOrMore };
        var command = new Command(ProbeProgram.Command, "Answer one question of 'reranker doctor'.") { question };
        command.Hidden = true;
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await ProbeAnswers.AnswerAsync(parsed.GetRequiredValue(question), parsed.InvocationConfiguration.Output, cancellationToken);
            return ExitCodes.Success;
        });
        return command;
    }
}
