using System.CommandLine;
using Reranker.OrderComparison.Reports;
using Reranker.Simulation.Queues;
using Reranker.Simulation.Runs;
using Reranker.Simulation.Workload;
using Spectre.Console;

var fleets = new Option<FleetKind[]>("--fleet")
{
    Description = "Which GPUs; several to compare.",
    AllowMultipleArgumentsPerToken = true,
    DefaultValueFactory = _ => [FleetKind.H100, FleetKind.A10G, FleetKind.Mixed],
};
var gpus = new Option<int[]>("--gpus")
{
    Description = "How many GPUs, 1 to 1024; several to compare.",
    AllowMultipleArgumentsPerToken = true,
    DefaultValueFactory = _ => [16],
};
var loads = new Option<double[]>("--load")
{
    Description = "Offered load in percent of what the fleet can score; several to compare.",
    AllowMultipleArgumentsPerToken = true,
    DefaultValueFactory = _ => [50, 80, 100, 150, 300],
};
var policies = new Option<Policy[]>("--order")
{
    Description = "How the queues are ordered; several to compare.",
    AllowMultipleArgumentsPerToken = true,
    DefaultValueFactory = _ => [Policy.Fifo, Policy.EarliestDeadline, Policy.Ours],
};
var seconds = new Option<double?>("--seconds") { Description = "How long requests arrive, in virtual time. Default: from 40 for one GPU down to 5 for 256." };
var seeds = new Option<int[]>("--seed")
{
    Description = "Seed of everything random; the same seed gives the same figures. Several to compare.",
    AllowMultipleArgumentsPerToken = true,
    DefaultValueFactory = _ => [1],
};
var one = new Option<bool>("--one-tenant") { Description = "One tenant with 20 to 60 passages and 500 ms instead of ten tenants of four kinds." };
var jobs = new Option<bool>("--jobs") { Description = "One tenant with jobs of 1,000 passages (10 s), three quarters of its tokens, and requests of 8 (1 s)." };
var alike = new Option<int?>("--passages") { Description = "One tenant whose requests all have so many passages and a minute." };
var json = new Option<FileInfo?>("--json") { Description = "Also write the results to this file." };
gpus.Validators.Add(result => Check(result.GetValue(gpus)!.All(g => g is >= 1 and <= 1024), "--gpus takes 1 to 1024.", result.AddError));
loads.Validators.Add(result => Check(result.GetValue(loads)!.All(l => l is > 0 and <= 1000), "--load takes more than 0 up to 1000 percent.", result.AddError));
alike.Validators.Add(result => Check(result.GetValue(alike) is null or (>= 1 and <= 1000), "--passages takes 1 to 1000.", result.AddError));
seconds.Validators.Add(result => Check(result.GetValue(seconds) is null or (> 0 and <= 3600), "--seconds takes more than 0 up to 3600.", result.AddError));

var root = new RootCommand("Simulates fleets of GPUs under load in virtual time, with the planner and the worker queue of the product.")
{
    fleets, gpus, loads, policies, seconds, seeds, one, jobs, alike, json,
};
root.SetAction(parsed =>
{
    var results = (
        from fleet in parsed.GetRequiredValue(fleets)
        from count in parsed.GetRequiredValue(gpus)
        from load in parsed.GetRequiredValue(loads)
        from policy in parsed.GetRequiredValue(policies)
        from seed in parsed.GetRequiredValue(seeds)
        select new ComparedRun(fleet, SimulationRun.Execute(new SimulationCase(
            fleet.ListCards(),
            count,
            load / 100,
            policy,
            parsed.GetValue(seconds) ?? Math.Clamp(80 / Math.Sqrt(count), 3, 40),
            seed,
            parsed.GetValue(alike) is { } passages ? Tenant.Alike(passages)
                : parsed.GetValue(one) ? Tenant.One
                : parsed.GetValue(jobs) ? Tenant.Jobs
                : Tenant.Ten)))).ToArray();
    AnsiConsole.Profile.Width = Math.Max(AnsiConsole.Profile.Width, 220);
    ResultTable.Write(AnsiConsole.Console, results);
    if (parsed.GetValue(json) is { } file)
    {
        ResultJson.Write(file.FullName, results);
    }
});
return await root.Parse(args).InvokeAsync();

static void Check(bool holds, string error, Action<string> addError)
{
    if (!holds)
    {
        addError(error);
    }
}
