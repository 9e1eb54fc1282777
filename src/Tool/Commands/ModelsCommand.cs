using System.CommandLine;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Reranker.Tool.Catalog;
using Reranker.Tool.Input;
using Reranker.Tool.Models;

namespace Reranker.Tool.Commands;

/// <summary><c>reranker models</c>: what there is on this machine and what is known by name; and its removal.</summary>
internal static class ModelsCommand
{
    private static readonly JsonSerializerOptions Readable = new(JsonSerializerOptions.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, WriteIndented = true };

    public static Command CreateCommand()
    {
        var folder = new Option<DirectoryInfo>("--in") { Description = "A folder whose model folders are listed too.", HelpName = "DIR" };
        var known = new Option<bool>("--known") { Description = "List the models that are known by name, and which of them this build can run." };
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        folder.AcceptExistingOnly();
        var command = new Command("models", "List the models of this machine: sizes, precisions, identities, how quantized ones rank.") { folder, known, json };
        command.Subcommands.Add(CreateRemoveCommand());
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(known))
            {
                WriteKnown(parsed.GetValue(json));
            }
            else
            {
                WriteLocal(LocalModels.List(parsed.GetValue(folder)?.FullName), parsed.GetValue(json));
            }

            return ExitCodes.Success;
        });
        return command;
    }

    private static Command CreateRemoveCommand()
    {
        var name = new Argument<string>("name") { Description = "A model's name or alias, or the path of its folder as 'reranker models' shows it." };
        var yes = new Option<bool>("--yes", "-y") { Description = "Do not ask." };
        var command = new Command("remove", "Remove a model of the hub from this machine: what was imported, and what was fetched.") { name, yes };
        command.SetAction(parsed =>
        {
            var models = ModelRemoval.Find(LocalModels.List(null), parsed.GetRequiredValue(name));
            foreach (var model in models)
            {
                Console.Out.WriteLine(DescribeModel(model));
            }

            if (!parsed.GetValue(yes) && !IsConfirmed(models))
            {
                Console.Out.WriteLine("nothing was removed");
                return ExitCodes.Failure;
            }

            foreach (var model in models)
            {
                ModelRemoval.Remove(model);
            }

            Console.Out.WriteLine($"removed, {FormatBytes(models.Sum(m => m.Bytes))}");
            return ExitCodes.Success;
        });
        return command;
    }

    private static bool IsConfirmed(IReadOnlyList<LocalModelEntry> models)
    {
        if (Console.IsInputRedirected)
        {
            throw new InputException("there is nobody to ask: --yes removes without a question");
        }

        Console.Out.Write($"Remove {(models.Count == 1 ? "it" : $"these {models.Count}")}? [y/N] ");
        return Console.ReadLine()?.Trim().ToUpperInvariant() is "Y" or "YES";
    }

    private static void WriteLocal(IReadOnlyList<LocalModelEntry> models, bool asJson)
    {
        if (asJson)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(models, Readable));
            return;
        }

        foreach (var model in models)
        {
            Console.Out.WriteLine(DescribeModel(model));
            if (model.Problem is { } problem)
            {
                Console.Out.WriteLine($"  cannot be used: {problem}");
            }

            foreach (var one in model.Precisions)
            {
                Console.Out.WriteLine($"  {one.Precision,-8} identity {one.Identity}{(one.Gate is { } gate ? $"; {gate}: {(one.HasPassedGate == false ? "no server chooses it by itself" : "passed")}" : "")}");
            }

            foreach (var revision in model.Revisions)
            {
                Console.Out.WriteLine($"  {revision.Revision,-8} commit {revision.Commit}{(revision.IsWhole ? "" : ", not all that an import needs")}");
            }

            Console.Out.WriteLine($"  in {model.Folder}");
        }
    }

    private static void WriteKnown(bool asJson)
    {
        if (asJson)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(
                KnownModels.BuiltIn.All.Select(m => new { m.Repository, m.Aliases, m.Architecture, m.MaxTokens, m.AdvisedTokens, m.Licence, Goldens = m.Goldens.Count, Refusal = SupportedModels.FindRefusal(m) }),
                Readable));
            return;
        }

        foreach (var model in KnownModels.BuiltIn.All)
        {
            var refusal = SupportedModels.FindRefusal(model);
            Console.Out.WriteLine($"{model.Repository}: {model.DescribeTerms()}{(refusal is null ? "" : $"; not run by this build: {refusal}")}");
            Console.Out.WriteLine($"  also {string.Join(", ", model.Aliases)}");
        }
    }

    private static string DescribeModel(LocalModelEntry model) => $"{model.Name}: {DescribeKind(model.Kind)}, {FormatBytes(model.Bytes)}{(model.IsInUse ? ", in use" : "")}";

    private static string DescribeKind(LocalModelKind kind) => kind switch
    {
        LocalModelKind.Bundled => "comes with the program",
        LocalModelKind.Imported => "imported for this machine",
        LocalModelKind.Folder => "model folder",
        _ => "checkpoint of the hub",
    };

    private static string FormatBytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0} MB");
}
