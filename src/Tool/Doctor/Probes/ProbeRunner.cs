using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Reranker.Tool.Doctor.Facts;

namespace Reranker.Tool.Doctor.Probes;

/// <summary>
/// Asks questions in processes of their own. Whatever becomes of one, a crash, a hang or rubbish, is the problem of that answer and of
/// nothing else.
/// </summary>
internal sealed class ProbeRunner(ProbeProgram program, TimeProvider time)
{
    private const int MaxOutput = 1 << 20;
    private const int ShownOutput = 120;
    private const int FirstSignal = 128;

    /// <summary>How answers are written.</summary>
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web);

    /// <summary>Asks a question.</summary>
    /// <param name="name">What it is about.</param>
    /// <param name="arguments">The question.</param>
    /// <param name="timeout">How long it may take.</param>
    /// <param name="cancellationToken">Ends the child, and the question.</param>
    public async Task<Probed<T>> AskAsync<T>(string name, IReadOnlyList<string> arguments, TimeSpan timeout, CancellationToken cancellationToken)
        where T : class
    {
        using var deadline = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        Process? process = null;
        try
        {
            process = Process.Start(CreateInfo(arguments)) ?? throw new InvalidOperationException("there is no process");
            process.StandardInput.Close();
            var output = ReadBoundedAsync(process.StandardOutput, either.Token);
            var error = ReadBoundedAsync(process.StandardError, either.Token);
            await process.WaitForExitAsync(either.Token);
            return ReadAnswer<T>(name, await output, await error, process.ExitCode);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new Probed<T>(name, null, string.Create(CultureInfo.InvariantCulture, $"there was no answer within {timeout.TotalSeconds:0} s"));
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or InvalidOperationException or IOException)
        {
            return new Probed<T>(name, null, $"the question could not be asked ({e.Message})");
        }
        finally
        {
            EndProcess(process);
        }
    }

    private ProcessStartInfo CreateInfo(IReadOnlyList<string> arguments)
    {
        var info = new ProcessStartInfo(program.File) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in program.Arguments.Concat(arguments))
        {
            info.ArgumentList.Add(argument);
        }

        // A crash that was provoked needs no dump of gigabytes.
        info.Environment["DOTNET_DbgEnableMiniDump"] = "0";
        return info;
    }

    private static Probed<T> ReadAnswer<T>(string name, string output, string error, int code)
        where T : class
    {
        var line = output.Split('\n').LastOrDefault(l => l.StartsWith(ProbeProgram.Mark, StringComparison.Ordinal));
        if (line is null)
        {
            return new Probed<T>(name, null, code == 0 ? $"the answer cannot be read: {Shorten(output)}" : DescribeEnd(code, error));
        }

        try
        {
            // A library may crash on its way out, behind a whole answer: the answer counts.
            return JsonSerializer.Deserialize<Probed<T>>(line[ProbeProgram.Mark.Length..], Json) is { } answer && (answer.Answer ?? (object?)answer.Problem) is not null
                ? answer with { Name = name }
                : new Probed<T>(name, null, "the answer is empty");
        }
        catch (JsonException)
        {
            return new Probed<T>(name, null, $"the answer cannot be read: {Shorten(line)}");
        }
    }

    private static string DescribeEnd(int code, string error)
    {
        var end = (code - FirstSignal) switch
        {
            4 => "crashed with an illegal instruction (SIGILL)",
            6 => "crashed (SIGABRT)",
            7 => "crashed with a bus error (SIGBUS)",
            8 => "crashed with an arithmetic error (SIGFPE)",
            9 => "was killed (SIGKILL), as a system does that is short of memory",
            11 => "crashed with a segmentation fault (SIGSEGV)",
            > 0 and < 65 and var signal => string.Create(CultureInfo.InvariantCulture, $"was ended by signal {signal}"),
            _ => string.Create(CultureInfo.InvariantCulture, $"ended with code {code}"),
        };
        var last = error.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).FirstOrDefault();
        return $"the process that asked {end}{(last is null ? "" : $": {Shorten(last)}")}";
    }

    private static string Shorten(string text)
    {
        var line = string.Concat(text.Trim().Select(c => char.IsControl(c) ? ' ' : c));
        return line.Length == 0 ? "nothing was written" : line.Length <= ShownOutput ? line : $"{line[..ShownOutput]}…";
    }

    // Reads on to the end, so that the child is not stopped by a full pipe, and keeps the last part.
    private static async Task<string> ReadBoundedAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        var kept = new System.Text.StringBuilder();
        var buffer = new char[4096];
        int read;
        while ((read = await reader.ReadAsync(buffer, cancellationToken)) > 0)
        {
            kept.Append(buffer, 0, read);
            if (kept.Length > MaxOutput)
            {
                kept.Remove(0, kept.Length - (MaxOutput / 2));
            }
        }

        return kept.ToString();
    }

    private static void EndProcess(Process? process)
    {
        if (process is null)
        {
            return;
        }

        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or AggregateException or System.ComponentModel.Win32Exception)
        {
            // It has ended.
        }

        process.Dispose();
    }
}
