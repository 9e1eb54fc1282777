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
    public static async Task<LoadModel> LoadAsync(BodyReader bodies, HttpRequest request, CancellationToken cancellationToken)
    {
        using var memory = bodies.Budget.Open(NoTenant);
        using var body = await bodies.ReadAsync(request, memory, bodies.MaxTime, cancellationToken);
        var fields = JsonFields.Parse(body.Written);
        var (folder, name) = (Line(fields, "folder"), Line(fields, "name"));
        return string.IsNullOrWhiteSpace(folder)
            ? throw new RequestFormatException(GatewayError.Invalid("'folder' is missing.", "folder"))
            : new LoadModel { Folder = folder, Name = name };
    }

    // A path with a NUL is an exception on every silo, and a name with a line break two lines in a log.
    private static string? Line(JsonFields fields, string name) =>
        fields.Text(name) is { } text && text.Any(char.IsControl)
            ? throw new RequestFormatException(GatewayError.Invalid($"'{name}' must have no control characters.", name))
            : fields.Text(name);

    /// <summary><c>{"identity": weight, …}</c>.</summary>
    public static async Task<RouteModel> RouteAsync(BodyReader bodies, HttpRequest request, string name, CancellationToken cancellationToken)
    {
        using var memory = bodies.Budget.Open(NoTenant);
        using var body = await bodies.ReadAsync(request, memory, bodies.MaxTime, cancellationToken);
        try
        {
            var weights = Weights(body.Written) ?? [];
            return new RouteModel
            {
                Name = name,
                Shares = [.. weights.Select(w => new ModelShare { Identity = w.Key, Weight = w.Value })],
            };
        }
        catch (JsonException)
        {
            throw new RequestFormatException(GatewayError.BadJson("The body must be an object of identities and their weights."));
        }
    }

    private static Dictionary<string, double>? Weights(ReadOnlySequence<byte> body)
    {
        var reader = new Utf8JsonReader(body);
        var weights = JsonSerializer.Deserialize<Dictionary<string, double>>(ref reader);

        // Reads past the object's end: anything but white space there is an error.
        reader.Read();
        return weights;
    }
}
