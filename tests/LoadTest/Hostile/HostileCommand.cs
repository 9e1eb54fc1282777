using System.CommandLine;
using System.Text.Json;

namespace Reranker.LoadTest.Hostile;

/// <summary><c>hostile</c>: callers that no gateway should have, and that every one has.</summary>
internal static class HostileCommand
{
    public static Command Create()
    {
        var url = new Option<string>("--url") { Description = "Base address of a gateway.", DefaultValueFactory = _ => "http://127.0.0.1:8080" };
        var key = new Option<string?>("--api-key") { Description = "API key." };
        var json = new Option<FileInfo?>("--json") { Description = "Write the report to this file.", HelpName = "FILE" };
        var command = new Command("hostile", "Bothers a gateway: with large bodies, or with slow senders and readers that stay until this program is told to end.");
        command.Subcommands.Add(CreateLarge(url, key, json));
        command.Subcommands.Add(CreateSlow(url, key));
        return command;
    }

    private static Command CreateLarge(Option<string> url, Option<string?> key, Option<FileInfo?> json)
    {
        var count = new Option<int>("--count") { Description = "Bodies at once.", DefaultValueFactory = _ => 200 };
        var bytes = new Option<int>("--bytes") { Description = "Bytes of a body.", DefaultValueFactory = _ => 30_000_000 };
        var passages = new Option<int>("--passages") { Description = "Passages of a body.", DefaultValueFactory = _ => 100 };
        var returnTexts = new Option<bool>("--return-texts") { Description = "Ask for the texts in the reply." };
        var repeat = new Option<int>("--repeat") { Description = "Times that each caller sends its body.", DefaultValueFactory = _ => 1 };
        var command = new Command("large", "Sends large bodies at once and checks every answer against that of the same passages cut short.")
        {
            url, key, json, count, bytes, passages, returnTexts, repeat,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var bodies = new LargeBodies(new Uri(parsed.GetRequiredValue(url)), parsed.GetValue(key));
            var report = await bodies.SendAsync(
                parsed.GetValue(count), parsed.GetValue(repeat), parsed.GetValue(bytes), parsed.GetValue(passages), parsed.GetValue(returnTexts), cancellationToken);
            var text = JsonSerializer.Serialize(report, JsonSerializerOptions.Web);
            Console.WriteLine(text);
            if (parsed.GetValue(json) is { } file)
            {
                await File.WriteAllTextAsync(file.FullName, text, cancellationToken);
            }

            return report is { Wrong: 0, Other: 0, RefusedWithoutRetryAfter: 0, Answered: > 0 } ? 0 : 1;
        });
        return command;
    }

    private static Command CreateSlow(Option<string> url, Option<string?> key)
    {
        var senders = new Option<int>("--senders") { Description = "Connections that send a byte a second.", DefaultValueFactory = _ => 200 };
        var readers = new Option<int>("--readers") { Description = "Connections that take nothing of their reply.", DefaultValueFactory = _ => 50 };
        var bytes = new Option<int>("--reply-bytes") { Description = "Bytes of such a reply.", DefaultValueFactory = _ => 1_500_000 };
        var once = new Option<bool>("--once") { Description = "Stay away when cut off, instead of coming back." };
        var command = new Command("slow", "Attaches slow senders and readers, says so, and stays until it is told to end.") { url, key, senders, readers, bytes, once };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var callers = new SlowCallers(new Uri(parsed.GetRequiredValue(url)), parsed.GetValue(key), parsed.GetValue(bytes), !parsed.GetValue(once), TimeProvider.System);
            await callers.StayAsync(parsed.GetValue(senders), parsed.GetValue(readers), () => Console.WriteLine("attached"), cancellationToken);
            Console.WriteLine($"cut off {callers.CutOff} times");
            return 0;
        });
        return command;
    }
}
