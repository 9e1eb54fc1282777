using Reranker.Inference.Diagnosis;
using Reranker.TestKit;
using Reranker.TestKit.Clocks;
using Reranker.Tool.Doctor.Facts;
using Reranker.Tool.Doctor.Probes;

namespace Reranker.Tool.Tests.Doctor;

/// <summary>Children that crash, hang and write rubbish: each is the problem of one answer.</summary>
public sealed class ProbeRunnerTests
{
    private const string Answer = """reranker-probe:{"name":"clock","answer":{"isSynchronized":true,"maxErrorMilliseconds":2},"problem":null}""";

    [Theory]
    [InlineData("kill -SEGV $$", "the process that asked crashed with a segmentation fault (SIGSEGV)")]
    [InlineData("kill -ABRT $$", "the process that asked crashed (SIGABRT)")]
    [InlineData("kill -ILL $$", "the process that asked crashed with an illegal instruction (SIGILL)")]
    [InlineData("kill -BUS $$", "the process that asked crashed with a bus error (SIGBUS)")]
    [InlineData("kill -KILL $$", "the process that asked was killed (SIGKILL), as a system does that is short of memory")]
    [InlineData("kill -HUP $$", "the process that asked was ended by signal 1")]
    [InlineData("echo cannot load >&2; exit 3", "the process that asked ended with code 3: cannot load")]
    [InlineData("echo hello; echo world", "the answer cannot be read: hello world")]
    [InlineData("true", "the answer cannot be read: nothing was written")]
    [InlineData("echo 'reranker-probe:{\"name\":'", "the answer cannot be read: reranker-probe:{\"name\":")]
    [InlineData("echo 'reranker-probe:null'", "the answer is empty")]
    [InlineData("echo 'reranker-probe:{}'", "the answer is empty")]
    [InlineData("echo 'reranker-probe:{\"name\":\"x\",\"problem\":\"there is none\"}'", "there is none")]
    public async Task A_child_that_gives_no_answer_is_a_problem_with_a_reason(string script, string expected)
    {
        var asked = await AskAsync(script);

        Assert.Null(asked.Answer);
        Assert.Equal(expected, asked.Problem);
        Assert.Equal("the clock", asked.Name);
    }

    [Theory]
    [InlineData("echo \"$1\"")]
    [InlineData("echo '[W] a library writes'; printf 'without an end'; echo; echo \"$1\"; echo 'and after it'")]
    [InlineData("echo \"$1\"; kill -SEGV $$")]
    public async Task An_answer_counts_whatever_a_library_writes_around_it_and_however_it_ends(string script)
    {
        var asked = await AskAsync(script);

        Assert.Null(asked.Problem);
        Assert.Equal(new ClockAnswer(true, 2), asked.Answer);
    }

    [Fact]
    public async Task A_child_that_floods_its_output_is_read_to_the_end()
    {
        var asked = await AskAsync("head -c 5000000 /dev/zero | tr '\\0' 'x'; head -c 5000000 /dev/zero >&2; echo; echo \"$1\"");

        Assert.Equal(new ClockAnswer(true, 2), asked.Answer);
    }

    [Fact]
    public async Task A_child_that_hangs_is_ended_with_all_that_it_started()
    {
        using var temp = new TempFolder();
        var time = new SynchronizedTime();
        var pids = temp["pids"];
        var asking = AskAsync($"sleep 600 & echo $$ $! > '{pids}.part'; mv '{pids}.part' '{pids}'; wait", time);
        await Until.TrueAsync(() => File.Exists(pids));
        Assert.False(asking.IsCompleted);

        time.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal("there was no answer within 30 s", (await asking).Problem);
        foreach (var pid in File.ReadAllText(pids).Trim().Split(' '))
        {
            await Until.TrueAsync(() => !Directory.Exists($"/proc/{pid}") || File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_program_that_is_not_there_is_a_problem_too()
    {
        var asked = await new ProbeRunner(new ProbeProgram("/nonexistent/program", []), TimeProvider.System)
            .AskAsync<ClockAnswer>("the clock", [], TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

        Assert.StartsWith("the question could not be asked (", asked.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_cancels_gets_no_report()
    {
        using var cancelled = new CancellationTokenSource();
        var asking = AskAsync("sleep 600", TimeProvider.System, cancelled.Token);
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
    }

    private static Task<Probed<ClockAnswer>> AskAsync(string script, TimeProvider? time = null, CancellationToken? cancellationToken = null)
        => new ProbeRunner(new ProbeProgram("/bin/sh", ["-c", script, "sh"]), time ?? TimeProvider.System)
            .AskAsync<ClockAnswer>("the clock", [Answer], TimeSpan.FromSeconds(30), cancellationToken ?? TestContext.Current.CancellationToken);
}
