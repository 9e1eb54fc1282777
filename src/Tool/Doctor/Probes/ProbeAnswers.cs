using System.Text.Json;
using Reranker.Inference.Diagnosis;
using Reranker.Tool.Doctor.Facts;

namespace Reranker.Tool.Doctor.Probes;

/// <summary>The child's side: what is asked, and how the answer is written.</summary>
internal static class ProbeAnswers
{
    /// <summary>The questions.</summary>
    public const string Runtime = "runtime", Driver = "driver", Cards = "cards", Library = "library", Missing = "missing", Clock = "clock", Trial = "trial";

    /// <summary>Answers a question on a writer. Where managed code says why there is no answer, that is the answer.</summary>
    public static async Task AnswerAsync(IReadOnlyList<string> question, TextWriter output, CancellationToken cancellationToken)
    {
        var name = question[0];
        string line;
        try
        {
            line = question switch
            {
                [Runtime] => Serialize(name, NativeProbes.AskRuntime()),
                [Driver] => Serialize(name, NativeProbes.AskDriver()),
                [Cards] => Serialize(name, CardsProbe.AskCards()),
                [Library, var file] => Serialize(name, LibraryProbe.AskLibrary(file)),
                [Missing] => Serialize(name, NativeProbes.FindMissing()),
                [Clock] => Serialize(name, ClockProbe.AskClock()),
                [Trial, var engine, var scratch] => Serialize(name, await EngineTrials.RunAsync(engine, scratch, cancellationToken)),
                _ => SerializeProblem(name, "there is no such question"),
            };
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            line = SerializeProblem(name, e.Message.Split('\n')[0]);
        }

        // What a library wrote last need not have ended its line.
        await output.WriteAsync($"\n{ProbeProgram.Mark}{line}\n");
        await output.FlushAsync(cancellationToken);
    }

    private static string Serialize<T>(string name, T answer)
        where T : class => JsonSerializer.Serialize(new Probed<T>(name, answer, null), ProbeRunner.Json);

    private static string SerializeProblem(string name, string problem) => JsonSerializer.Serialize(new Probed<string>(name, null, problem), ProbeRunner.Json);
}
