using System.CommandLine;
using System.Text.Json;
using Reranker.Tool.Input;
using Reranker.Tool.Output;

namespace Reranker.Tool.Commands;

/// <summary><c>reranker rank</c>: ranks lines of a file or of a pipe against a query.</summary>
internal static class RankCommand
{
    public static Command Create()
    {
        var query = new Argument<string>("query") { Description = "The query." };
        var file = new Argument<string>("file")
        {
            Description = "Passages, one a line, or JSONL with a field \"text\"; - reads standard input.",
            DefaultValueFactory = _ => "-",
        };
        var top = new Option<int?>("--top", "-n") { Description = "Show the best N only." };
        var json = new Option<bool>("--json") { Description = "Print JSON: rank order, index (from 0), score, logit, truncated, text." };
        var engine = new EngineArguments();

        var command = new Command("rank", "Rank passages against a query and print them, best first.") { query, file, top, json };
        engine.AddTo(command);
        engine.AddDevicesTo(command);
        top.AtLeast(1);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var passages = await ReadAsync(parsed.GetRequiredValue(file), cancellationToken);
            await using var model = LocalModel.Load(engine.ModelPath(parsed), engine.Options(parsed));
            var ranked = await model.RankAsync(Query(parsed.GetRequiredValue(query)), passages, cancellationToken);
            var best = ranked.Take(parsed.GetValue(top) ?? ranked.Count).ToList();
            if (parsed.GetValue(json))
            {
                Console.Out.WriteLine(JsonSerializer.Serialize(best, JsonSerializerOptions.Web));
            }
            else
            {
                RankingTable.Write(Consoles.Out, best);
            }

            return ExitCodes.Success;
        });
        return command;
    }

    private static string Query(string query) =>
        string.IsNullOrWhiteSpace(query) ? throw new InputException("the query is empty") : query;

    private static async Task<IReadOnlyList<string>> ReadAsync(string file, CancellationToken cancellationToken)
    {
        if (file != "-" && !File.Exists(file))
        {
            throw new InputException($"{file}: there is no such file");
        }

        using var reader = file == "-" ? Console.In : new StreamReader(file);
        var passages = await PassageReader.ReadAsync(reader, cancellationToken);
        return passages.Count > 0 ? passages : throw new InputException("there are no passages to rank");
    }
}
