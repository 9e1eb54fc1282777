using System.Globalization;
using Reranker.FrozenWire;

// FrozenWire client GATEWAY-PORT     asks a silo as the first release's client did, and prints the answer
// FrozenWire admin GATEWAY-PORT FOLDER IDENTITY     tries every command on models, and prints the answers
// FrozenWire silo SILO-PORT GATEWAY-PORT     answers as the first release's silo did
switch (args)
{
    case ["client", var gateway]:
        await OldClient.RunAsync(Port(gateway));
        return 0;
    case ["admin", var gateway, var folder, var identity]:
        await OldAdmin.RunAsync(Port(gateway), folder, identity);
        return 0;
    case ["silo", var silo, var gateway]:
        await OldSilo.RunAsync(Port(silo), Port(gateway));
        return 0;
    default:
        Console.Error.WriteLine("FrozenWire client GATEWAY-PORT | admin GATEWAY-PORT FOLDER IDENTITY | silo SILO-PORT GATEWAY-PORT");
        return 2;
}

static int Port(string text) => int.Parse(text, CultureInfo.InvariantCulture);
