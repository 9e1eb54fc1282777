using System.CommandLine;
using Reranker.Fuzz.Oracle;

namespace Reranker.Fuzz;

/// <summary>The command line.</summary>
internal sealed class FuzzArguments
{
    public Option<Uri?> Url { get; } = new("--url") { Description = "Gateway to send to. Without it one is started: reranker serve with the scripted engine." };
    public Option<FileInfo?> Program { get; } = new("--program") { Description = "reranker.dll to start. Default: that of the same build.", HelpName = "FILE" };
    public Option<DirectoryInfo?> Model { get; } = new("--model") { Description = "Folder of the served model. Default: the bundled one.", HelpName = "DIR" };
    public Option<string?> ApiKey { get; } = new("--api-key") { Description = "Key of the gateway at --url, where it needs one." };
    public Option<string?> AdminKey { get; } = new("--admin-key") { Description = "Admin key of the gateway at --url; without it the admin paths are left alone." };
    public Option<int?> ProcessId { get; } = new("--pid") { Description = "Process of the gateway at --url, to watch what it holds." };
    public Option<int> Seed { get; } = new("--seed") { Description = "Seed of all cases.", DefaultValueFactory = _ => 1 };
    public Option<long> Requests { get; } = new("--requests") { Description = "Cases to send.", DefaultValueFactory = _ => 100_000 };
    public Option<long> First { get; } = new("--first") { Description = "Number of the first case." };
    public Option<int> Connections { get; } = new("--connections") { Description = "Connections at the same time.", DefaultValueFactory = _ => 32 };
    public Option<double> Slack { get; } = new("--slack") { Description = "Seconds after its deadline at which a request without a reply counts as hanging.", DefaultValueFactory = _ => 15 };
    public Option<double> MaxMinutes { get; } = new("--max-minutes") { Description = "End after so many minutes.", DefaultValueFactory = _ => 60 };
    public Option<int> MaxFailures { get; } = new("--max-failures") { Description = "End after so many failures.", DefaultValueFactory = _ => 100 };
    public Option<long> MaxGrowth { get; } = new("--max-growth") { Description = "Megabytes that resident memory may grow after the first fifth.", DefaultValueFactory = _ => 150 };
    public Option<Expectations> Expect { get; } = new("--expect")
    {
        Description = "Promises to hold the gateway against beside the others: UnknownRouteBody, WrongMethodBody, Head, ContentEncoding, All, or several with commas.",
        DefaultValueFactory = _ => Expectations.None,
    };

    public Option<DirectoryInfo> Out { get; } = new("--out") { Description = "Folder for failures.", DefaultValueFactory = _ => new DirectoryInfo("fuzz-failures"), HelpName = "DIR" };
    public Option<long?> Case { get; } = new("--case") { Description = "Send this case alone, and print request and reply.", HelpName = "N" };
    public Option<FileInfo?> Replay { get; } = new("--replay") { Description = "Send the bytes of this file, and print the reply.", HelpName = "FILE" };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[Url, Program, Model, ApiKey, AdminKey, ProcessId, Seed, Requests, First, Connections, Slack, MaxMinutes, MaxFailures, MaxGrowth, Expect, Out, Case, Replay])
        {
            command.Options.Add(option);
        }
    }
}
