using System.CommandLine;
using Reranker.Tool.Catalog;
using Reranker.Tool.Hub;
using Reranker.Tool.Models;

namespace Reranker.Tool.Commands;

/// <summary><c>reranker pull</c>: a checkpoint of the Hugging Face hub comes into the cache that its own programs use.</summary>
internal static class PullCommand
{
    public static Command CreateCommand()
    {
        var model = new Argument<string>("model") { Description = "ORG/NAME of the hub, or the usual name of a known model, such as bge-reranker-v2-m3." };
        var revision = new Option<string?>("--revision")
        {
            Description = "Branch, tag or commit. Default: main, or what stands behind @ in the name.",
            HelpName = "REV",
        };
        revision.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !HubReference.IsRevision(token.Value))
            {
                result.AddError($"'{token.Value}' is no revision: a branch, a tag or a commit.");
            }
        });
        var command = new Command(
            "pull", "Fetch what an import needs of a model of the Hugging Face hub into its cache (HF_ENDPOINT, HF_TOKEN, HF_HOME, HF_HUB_CACHE, HF_HUB_OFFLINE).")
        {
            model, revision,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var reference = ModelNaming.ParseHubName(parsed.GetRequiredValue(model));
            var asked = parsed.GetValue(revision) is { } named ? reference with { Revision = named } : reference;
            var pulled = await HubModels.PullAsync(asked, cancellationToken);
            await Console.Out.WriteLineAsync(HubModels.DescribePull(pulled));
            if (KnownModels.BuiltIn.Find(asked.Repository) is { } known)
            {
                await Console.Out.WriteLineAsync(known.DescribeTerms());
            }

            await Console.Out.WriteLineAsync($"in {pulled.Folder}");
            return ExitCodes.Success;
        });
        return command;
    }
}
