using System.CommandLine;
using Reranker.Inference.Models;
using Reranker.Tool.Arguments;
using Reranker.Tool.Input;
using Reranker.Tool.Models;
using Reranker.Tool.Output;

namespace Reranker.Tool.Commands;

/// <summary><c>reranker rank</c>: ranks lines of a file or of a pipe against a query.</summary>
internal static class RankCommand
{
    private const string StandardInput = "-";

    public static Command CreateCommand()
    {
        var query = new Argument<string?>("query") { Description = "The query.", Arity = ArgumentArity.ZeroOrOne };
        var file = new Argument<string>("file")
        {
            Description = "Passages, one a line, or JSONL with a field \"text\"; UTF-8, or UTF-16 with a byte order mark. - reads standard input.",
            DefaultValueFactory = _ => StandardInput,
        };
        var format = new Option<PassageFormat>("--format")
        {
            Description = "text: each line is a passage; jsonl: each line is an object with a field \"text\"; auto looks at the first line.",
            DefaultValueFactory = _ => PassageFormat.Auto,
        };
        format.AcceptNames();
        var top = new Option<int?>("--top", "-n") { Description = "Show the best N only." };
        var json = new Option<bool>("--json") { Description = "Print JSON: rank order, index (from 0), line (from 1), score, logit, truncated, text." };
        var engine = new EngineArguments();
        var batch = new RankBatch();
        var command = new Command("rank", "Rank passages against a query and print them, best first; or have a server score a file of requests.") { query, file, format, top, json };
        batch.AddTo(command);
        engine.AddTo(command);
        engine.AddDevicesTo(command);
        top.AtLeast(1);
        command.Validators.Add(result =>
        {
            if ((result.GetResult(query)?.Tokens.Count > 0) == batch.IsGiven(result))
            {
                result.AddError(batch.IsGiven(result) ? "--batch has its queries in its file." : "The query is missing.");
            }
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (batch.IsAsked(parsed))
            {
                return await batch.RunAsync(parsed, cancellationToken);
            }

            // What would be refused afterwards is refused before anybody types passages.
            var asked = RequireQuery(parsed.GetValue(query) ?? "");
            await engine.PrepareModelAsync(parsed, cancellationToken);
            _ = ModelFolder.ReadManifest(engine.FindModelPath(parsed));
            var passages = await ReadPassagesAsync(parsed.GetRequiredValue(file), parsed.GetValue(format), cancellationToken);
            await using var model = LocalModel.Load(engine.OpenModel(parsed), engine.ReadOptions(parsed));
            var ranked = await model.RankAsync(asked, passages, cancellationToken);
            var best = ranked.Take(parsed.GetValue(top) ?? ranked.Count).ToList();
            if (parsed.GetValue(json))
            {
                using var output = Console.OpenStandardOutput();
                RankedPassagesJson.WriteRows(output, best);
            }
            else
            {
                RankingTable.Write(Consoles.Out, best);
            }

            return ExitCodes.Success;
        });
        return command;
    }

    // Arguments come decoded: a byte that is no UTF-8 is a replacement character by now, and no query means that one.
    private static string RequireQuery(string query)
        => string.IsNullOrWhiteSpace(query) ? throw new InputException("the query is empty")
            : query.Contains('\uFFFD', StringComparison.Ordinal) ? throw new InputException("the query is no UTF-8")
            : query;

    private static async Task<IReadOnlyList<Passage>> ReadPassagesAsync(string file, PassageFormat format, CancellationToken cancellationToken)
    {
        if (file != StandardInput && !File.Exists(file))
        {
            throw new InputException($"{file}: there is no such file");
        }

        if (file == StandardInput && !Console.IsInputRedirected)
        {
            Console.Error.WriteLine("Reading passages from the terminal, one a line; Ctrl+D ends them.");
        }

        await using var stream = file == StandardInput ? Console.OpenStandardInput() : File.OpenRead(file);
        var text = await EncodedText.ReadAsync(stream, file == StandardInput ? "standard input" : file, cancellationToken);
        var passages = await PassageLineReader.ReadPassagesAsync(new StringReader(text), format, cancellationToken);
        return passages.Count > 0 ? passages : throw new InputException("there are no passages to rank");
    }
}
