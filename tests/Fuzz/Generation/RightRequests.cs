using System.Globalization;
using Reranker.Fuzz.Requests;

namespace Reranker.Fuzz.Generation;

/// <summary>Requests with nothing wrong in them, of every route: what the mutators start from.</summary>
internal sealed class RightRequests(CaseTarget target)
{
    private static readonly string[] Booleans = ["true", "false", "\"true\"", "\"False\"", "0", "1", "null"];
    private static readonly string[] Sides = ["\"left\"", "\"Right\"", "\"LEFT\"", "null"];

    public Draft Draw(Random random) => random.Next(100) switch
    {
        < 80 => Score(Route.Scoring[random.Next(Route.Scoring.Length)], random),
        < 88 => Plain(Route.Read[random.Next(Route.Read.Length)]),
        < 90 when target.HasHostRoutes && random.Next(10) == 0 => Plain(Route.OfHost[random.Next(Route.OfHost.Length)], keyed: false),
        < 95 when target.AdminKey is not null => Admin(random),
        _ => Plain(Route.Unknown[random.Next(Route.Unknown.Length)], keyed: false),
    };

    private Draft Score(Route route, Random random)
    {
        if (route.Kind == RouteKind.Batch)
        {
            return Lines(route, random);
        }

        var dialect = route.Dialects[random.Next(route.Dialects.Length)];
        return dialect switch
        {
            Dialect.Tei => Texts(route, random),
            Dialect.Predict => Predict(route, random),
            Dialect.Score => Scores(route, random),
            Dialect.Nim => Nim(route, random),
            Dialect.KServe => TensorRequests.Draw(Request(route, target.ApiKey, random), random),
            _ => Documents(route, dialect, random),
        };
    }

    // One line is a tree that mutators change; what is around it is finished.
    private Draft Lines(Route route, Random random)
    {
        var line = Documents(route, Dialect.Cohere, random);
        Maybe(line.Body!, random, 2, random.Next(2) == 0 ? "custom_id" : "id", static r => r.Next(2) == 0 ? "\"name\"" : "17.50");
        return line with { Before = Others(route, random, ""), Behind = Others(route, random, "\n") };
    }

    private byte[] Others(Route route, Random random, string start)
    {
        using var bytes = new MemoryStream();
        bytes.Write(System.Text.Encoding.UTF8.GetBytes(start));
        for (var left = random.Next(3); left > 0; left--)
        {
            bytes.Write(random.Next(6) switch
            {
                0 => " \t\r\n"u8,
                1 => "no json\n"u8,
                _ => [.. Documents(route, Dialect.Cohere, random).Finish(random).Body, (byte)'\n'],
            });
        }

        return bytes.ToArray();
    }

    private Draft Scores(Route route, Random random)
    {
        (string, string)[] names = [("text_1", "text_2"), ("queries", "documents"), ("queries", "items"), ("data_1", "data_2")];
        var (first, second) = names[random.Next(names.Length)];
        var pairs = random.Next(1, 6);
        var body = new ObjectNode();
        body.Fields.Add((first, random.Next(3) switch
        {
            0 => List(pairs, () => JsonNode.Text(FuzzTexts.Query(random), random)),
            1 => List(1, () => JsonNode.Text(FuzzTexts.Query(random), random)),
            _ => JsonNode.Text(FuzzTexts.Query(random), random),
        }));
        body.Fields.Add((second, random.Next(4) == 0
            ? new ObjectNode { Fields = [("content", List(pairs, () => Part(random)))] }
            : List(pairs, () => random.Next(3) == 0 ? ObjectPassage(random) : JsonNode.Text(FuzzTexts.Passage(random), random))));
        Maybe(body, random, 3, "model", r => Model(r));
        AddOptions(body, random);
        return new Draft(Request(route, target.ApiKey, random), body);
    }

    private Draft Predict(Route route, Random random)
    {
        ListNode Pair() => new() { Items = [JsonNode.Text(FuzzTexts.Query(random), random), JsonNode.Text(FuzzTexts.Passage(random), random)] };
        var body = new ObjectNode { Fields = [("inputs", random.Next(3) == 0 ? Pair() : List(random.Next(1, 6), Pair))] };
        AddTeiOptions(body, random);
        return new Draft(Request(route, target.ApiKey, random), body);
    }

    private static void AddTeiOptions(ObjectNode body, Random random)
    {
        Maybe(body, random, 4, "raw_scores", static r => Booleans[r.Next(Booleans.Length)]);
        Maybe(body, random, 6, "truncate", static r => Booleans[r.Next(Booleans.Length)]);
        Maybe(body, random, 8, "truncation_direction", static r => Sides[r.Next(Sides.Length)]);
    }

    private Draft Nim(Route route, Random random)
    {
        string[] truncations = ["\"END\"", "\"start\"", "\"None\"", "null"];
        var body = new ObjectNode();
        body.Fields.Add(("query", new ObjectNode { Fields = [("text", JsonNode.Text(FuzzTexts.Query(random), random))] }));
        body.Fields.Add(("passages", List(random.Next(1, 7), () => ObjectPassage(random))));
        Maybe(body, random, 3, "model", r => Model(r));
        Maybe(body, random, 3, "truncate", r => truncations[r.Next(truncations.Length)]);
        Maybe(body, random, 4, "top_n", static r => Number(r, 12));
        return new Draft(Request(route, target.ApiKey, random), body);
    }

    private string Model(Random random) => random.Next(3) switch { 0 => $"\"{target.Identity}\"", 1 => "\"\"", _ => $"\"{target.Model}\"" };

    internal static ListNode List(int count, Func<JsonNode> create) => new() { Items = [.. Enumerable.Range(0, count).Select(_ => create())] };

    private static ObjectNode Part(Random random) =>
        new() { Fields = [("type", JsonNode.Raw("\"text\"")), ("text", JsonNode.Text(FuzzTexts.Passage(random), random))] };

    private static ObjectNode ObjectPassage(Random random) => random.Next(4) == 0
        ? new() { Fields = [("content", List(random.Next(1, 3), () => Part(random)))] }
        : new() { Fields = [(random.Next(3) == 0 ? "content" : "text", JsonNode.Text(FuzzTexts.Passage(random), random)), ("id", JsonNode.Raw("[1, {}]"))] };

    private Draft Texts(Route route, Random random)
    {
        var body = new ObjectNode();
        body.Fields.Add(("query", JsonNode.Text(FuzzTexts.Query(random), random)));
        body.Fields.Add(("texts", Passages(random, objects: false, rankFields: null)));
        Maybe(body, random, 4, "return_text", static r => Booleans[r.Next(Booleans.Length)]);
        AddTeiOptions(body, random);
        return new Draft(Request(route, target.ApiKey, random), body);
    }

    private Draft Documents(Route route, Dialect dialect, Random random)
    {
        var body = new ObjectNode();
        var isStrict = dialect is Dialect.Infinity or Dialect.Voyage;
        string[]? rankFields = !isStrict && random.Next(12) == 0 ? ["title", "body", "year"] : null;
        body.Fields.Add(("query", JsonNode.Text(FuzzTexts.Query(random), random)));
        body.Fields.Add(("documents", Passages(random, objects: !isStrict && random.Next(3) == 0, rankFields)));
        if (rankFields is not null)
        {
            body.Fields.Add(("rank_fields", JsonNode.Raw(random.Next(3) == 0 ? """["title"]""" : """["title","body","year"]""")));
        }

        Maybe(body, random, 3, "model", r => Model(r));
        Maybe(body, random, 3, dialect == Dialect.Voyage ? "top_k" : "top_n", static r => Number(r, 12));
        Maybe(body, random, 3, "return_documents", static r => Booleans[r.Next(Booleans.Length)]);
        Maybe(body, random, isStrict ? 200 : 20, "instruction", static r => r.Next(2) == 0 ? "\"x\"" : "{\"a\":[1]}");
        AddOptions(body, random);
        return new Draft(Request(route, target.ApiKey, random), body);
    }

    private static void AddOptions(ObjectNode body, Random random)
    {
        Maybe(body, random, 8, "raw_scores", static r => Booleans[r.Next(Booleans.Length)]);
        Maybe(body, random, 8, "use_activation", static r => Booleans[r.Next(Booleans.Length)]);
        Maybe(body, random, 8, "max_tokens_per_doc", static r => Number(r, 20));
        Maybe(body, random, 12, "max_tokens_per_query", static r => Number(r, 20));
        Maybe(body, random, 12, "truncate_prompt_tokens", static r => r.Next(3) == 0 ? "-1" : r.Next(6, 600).ToString(CultureInfo.InvariantCulture));
        Maybe(body, random, 12, "truncation_side", static r => Sides[r.Next(Sides.Length)]);
        Maybe(body, random, 12, "truncation", static r => Booleans[r.Next(Booleans.Length)]);
        Maybe(body, random, 12, "max_chunks_per_doc", static r => Number(r, 20));
        Maybe(body, random, 12, "overlap_tokens", static r => Number(r, 100));
    }

    private static ListNode Passages(Random random, bool objects, string[]? rankFields)
    {
        var list = new ListNode();
        var count = random.Next(100) == 0 ? random.Next(50, 300) : random.Next(1, 7);
        for (var i = 0; i < count; i++)
        {
            var text = JsonNode.Text(count > 50 ? $"p{random.Next(200)}" : FuzzTexts.Passage(random), random);
            list.Items.Add(rankFields is null && objects && random.Next(2) == 0
                ? ObjectPassage(random)
                : rankFields is not null && random.Next(4) > 0
                    ? new ObjectNode { Fields = [("title", text), ("body", JsonNode.Text(FuzzTexts.Passage(random), random)), ("year", JsonNode.Raw("1.90e3"))] }
                    : text);
        }

        return list;
    }

    private Draft Admin(Random random)
    {
        // Nothing that would stop the served model, or load it once more: the rest of the run needs it as it is.
        Route route;
        ObjectNode? body = null;
        switch (random.Next(4))
        {
            case 0:
                route = new Route(RouteKind.Admin, "GET", "/admin/models");
                break;
            case 1:
                route = new Route(RouteKind.Admin, "POST", "/admin/models");
                string[] folders = ["/", "/dev/null", "/no/such/folder", "relative", "/tmp", "a\0b", new string('f', 5000)];
                body = new ObjectNode { Fields = [("folder", JsonNode.Text(folders[random.Next(folders.Length)], random)), ("name", JsonNode.Text("fuzz", random))] };
                break;
            case 2:
                string[] names = ["no-such-name", "%00", "a%2Fb", "%F0%9F%98%80", new string('n', 2000)];
                route = new Route(RouteKind.Admin, "PUT", "/admin/routes/" + names[random.Next(names.Length)]);
                body = new ObjectNode { Fields = [("no-such-identity", JsonNode.Raw("1")), (FuzzTexts.Strange(random), JsonNode.Raw("0.5"))] };
                break;
            default:
                string[] identities = ["no-such-identity", "%00", "a%2Fb", "%F0%9F%98%80", new string('0', 64)];
                string[] forces = ["", "", "?force=true", "?force=false", "?force=maybe", "?force=", "?force=1", "?force=true&force=false", "?other=1"];
                route = new Route(RouteKind.Admin, "DELETE", "/admin/models/" + identities[random.Next(identities.Length)] + forces[random.Next(forces.Length)]);
                break;
        }

        return new Draft(Request(route, target.AdminKey, random), body);
    }

    private Draft Plain(Route route, bool keyed = true) => new(Request(route, keyed ? target.ApiKey : null, null), null);

    private static FuzzRequest Request(Route route, string? key, Random? random)
    {
        var request = new FuzzRequest
        {
            Route = route,
            Method = route.Method,
            Target = route.Path,
            HasOddTarget = route.Path.Contains("%00", StringComparison.Ordinal),
        };
        if (key is not null)
        {
            request.Headers.Add(new Field("Authorization", $"Bearer {key}"));
        }

        if (random is not null)
        {
            request.Headers.Add(new Field("Content-Type", "application/json"));
            if (random.Next(3) == 0)
            {
                request.Headers.Add(new Field("X-Request-Id", $"case-{random.Next()}"));
            }

            if (random.Next(40) == 0)
            {
                request.Headers.Add(new Field("X-Reranker-Max-Chunks", random.Next(1, 1001).ToString(CultureInfo.InvariantCulture)));
                request.Headers.Add(new Field("X-Reranker-Chunk-Overlap", random.Next(200).ToString(CultureInfo.InvariantCulture)));
            }
        }

        return request;
    }

    internal static void Maybe(ObjectNode body, Random random, int oneIn, string name, Func<Random, string> value)
    {
        if (random.Next(oneIn) == 0)
        {
            body.Fields.Insert(random.Next(body.Fields.Count + 1), (name, JsonNode.Raw(value(random))));
        }
    }

    private static string Number(Random random, int most)
    {
        var value = random.Next(most + 1).ToString(CultureInfo.InvariantCulture);
        return random.Next(4) switch { 0 => $"\"{value}\"", 1 => $"{value}.0", _ => value };
    }
}
