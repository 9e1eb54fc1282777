using System.CommandLine;

namespace Reranker.Tool.Arguments;

/// <summary>Options of what is chosen by labelled queries.</summary>
internal sealed class ChoiceArguments
{
    public Option<bool> Auto { get; } = new("--auto") { Description = "Try formats, methods, smoothing and values kept, and take the fastest within the limit." };

    public Option<double?> MaxLoss { get; } = ShareArguments.CreateOption(
        "--max-ndcg-loss", "With --auto: loss of nDCG@10 that is allowed, as a share of FP32's, such as 0.5%. Default: 0.5%.");

    public Option<FileInfo> Data { get; } = new("--data")
    {
        Description = "With --auto: labelled queries, as for 'reranker quality'. Half of each set chooses, the other half is reported.",
        HelpName = "FILE",
    };

    public Option<int> Seed { get; } = new("--seed") { Description = "With --auto: seed of the halves.", DefaultValueFactory = _ => 1 };

    public void AddTo(Command command)
    {
        Data.AcceptExistingOnly();
        command.Options.Add(Auto);
        command.Options.Add(MaxLoss);
        command.Options.Add(Data);
        command.Options.Add(Seed);
        command.RequireBeside(Auto, MaxLoss, Data, Seed);
    }
}
