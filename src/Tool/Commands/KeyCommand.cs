using System.Buffers.Text;
using System.CommandLine;
using System.Security.Cryptography;
using Reranker.Gateway.Configuration;

namespace Reranker.Tool.Commands;

/// <summary><c>reranker key</c>: makes keys for callers, and the hashes by which a gateway knows them.</summary>
internal static class KeyCommand
{
    private const int KeyBytes = 32;

    // Tells a key from other secrets when one is found where it should not be.
    private const string Mark = "rk_";

    public static Command CreateCommand() => new("key", "Make keys for callers of a gateway.") { CreateCreate(), CreateHash() };

    private static Command CreateCreate()
    {
        var command = new Command("create", "Print a new key for a caller, and the hash for Gateway:ApiKeys or the file of keys. The key is kept nowhere.");
        command.SetAction(parsed =>
        {
            var key = Mark + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(KeyBytes));
            var output = parsed.InvocationConfiguration.Output;
            output.WriteLine($"key   {key}");
            output.WriteLine($"hash  {KeyHash.FormatHash(key)}");
            return ExitCodes.Success;
        });
        return command;
    }

    private static Command CreateHash()
    {
        var command = new Command("hash", "Read a key from standard input and print its hash.");
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var key = (await Console.In.ReadToEndAsync(cancellationToken)).Trim();
            if (KeyHash.IsHash(key) || KeyHash.FindFault(key) is not null)
            {
                throw new Input.InputException($"standard input holds no key: one has at least {KeyHash.MinKeyLength} characters");
            }

            await parsed.InvocationConfiguration.Output.WriteLineAsync(KeyHash.FormatHash(key));
            return ExitCodes.Success;
        });
        return command;
    }
}
