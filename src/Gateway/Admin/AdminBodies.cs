using System.Buffers;
using System.Text.Json;
using Reranker.Gateway.Errors;
using Reranker.Gateway.Http;
using Reranker.Gateway.Json;
using Reranker.Models;

namespace Reranker.Gateway.Admin;

/// <summary>Reads the bodies of commands.</summary>
internal static class AdminBodies
{
    private const string NoTenant = "";

    /// <summary><c>{"folder": "…", "name": "…"}</c>; the name may be missing.</summary>
    public static async Task<LoadModel> ReadLoadAsync(BodyReader bodies, HttpRequest request, CancellationToken cancellationToken)
    {
        using var memory = bodies.Budget.OpenLease(NoTenant);
        using var body = await bodies.ReadBodyAsync(request, memory, bodies.MaxTime, cancellationToken);
        var fields = JsonFields.Parse(body.Written);
        var (folder, name) = (ReadSingleLineField(fields, "folder"), ReadSingleLineField(fields, "name"));
        return string.IsNullOrWhiteSpace(folder)
            ? throw new RequestFormatException(GatewayError.CreateInvalid("'folder' is missing.", "folder"))
            : new LoadModel { Folder = folder, Name = name };
    }

    // A path with a NUL is an exception on every silo, and a name with a line break two lines in a log.
    private static string? ReadSingleLineField(JsonFields fields, string name) =>
        fields.ReadText(name) is { } text && text.Any(char.IsControl)
            ? throw new RequestFormatException(GatewayError.CreateInvalid($"'{name}' must have no control characters.", name))
            : fields.ReadText(name);

    /// <summary><c>{"identity": weight, …}</c>.</summary>
    public static async Task<RouteModel> ReadRouteAsync(BodyReader bodies, HttpRequest request, string name, CancellationToken cancellationToken)
    {
        using var memory = bodies.Budget.OpenLease(NoTenant);
        using var body = await bodies.ReadBodyAsync(request, memory, bodies.MaxTime, cancellationToken);
        try
        {
            var weights = ParseWeights(body.Written) ?? [];
            return new RouteModel
            {
                Name = name,
                Shares = [.. weights.Select(w => new ModelShare { Identity = w.Key, Weight = w.Value })],
            };
        }
        catch (JsonException)
        {
            throw new RequestFormatException(GatewayError.CreateBadJson("The body must be an object of identities and their weights."));
        }
    }

    private static Dictionary<string, double>? ParseWeights(ReadOnlySequence<byte> body)
    {
        var reader = new Utf8JsonReader(body);
        var weights = JsonSerializer.Deserialize<Dictionary<string, double>>(ref reader);

        // Reads past the object's end: anything but white space there is an error.
        reader.Read();
        return weights;
    }
}
