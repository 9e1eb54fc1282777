using System.Globalization;
using Reranker.Fuzz.Generation;
using Reranker.Fuzz.Requests;

namespace Reranker.Fuzz.Oracle;

/// <summary>Reads from a request what it must be answered, as docs/http.md has it.</summary>
internal sealed class Reading(CaseTarget target, Expectations expectations)
{
    private const int MaxFields = 1024;
    private const int MaxPassages = 100_000;
    private const int LeastPairTokens = 6;
    private static readonly TimeSpan DefaultDeadline = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan MaxDeadline = TimeSpan.FromMinutes(10);
    private static readonly int[] ByServer = [400, 404, 405, 408, 411, 413, 414, 415, 417, 426, 431, 501, 505];

    public Expected Read(FuzzRequest request)
    {
        var expected = request.Flip is not null ? new Expected { Errors = [], IsOpen = true, MayEnd = true } : ByRoute(request);
        if (!request.IsWellFramed && request.Flip is null)
        {
            // Whether a route sees it at all is the server's affair; what the route would answer is still right.
            expected.Errors.UnionWith(ByServer);
            // Nor is it known whether the dialect was, when the body broke off.
            expected = expected with { MayBeEmpty = true, MayEnd = true, MayBeOther = true, IsOpen = expected.IsOpen || expected.Lines is not null || request.Framing == Framing.ShortLength || request.Framing == Framing.BrokenLength };
        }

        if (request.HasOddTarget)
        {
            expected.Errors.UnionWith(ByServer);
            expected = expected with { MayBeEmpty = true, MayBeOther = true };
        }

        return expected with { Deadline = Deadline(request, out _) ?? DefaultDeadline };
    }

    private Expected ByRoute(FuzzRequest request)
    {
        var route = request.Route;
        var isHead = request.Method == "HEAD" && route.Method == "GET";
        if (route.Kind == RouteKind.Unknown)
        {
            return new Expected { Errors = [404], MayBeEmpty = !expectations.HasFlag(Expectations.UnknownRouteBody) || request.Method == "HEAD" };
        }

        if (route.Kind == RouteKind.Host)
        {
            return new Expected { Errors = [], IsOpen = true };
        }

        if (IsOtherRoot(request))
        {
            return new Expected { Errors = [], IsOpen = true };
        }

        if (isHead && !expectations.HasFlag(Expectations.Head))
        {
            return new Expected { Errors = [200, 401, 405], MayBeEmpty = true };
        }

        if (!isHead && !request.Method.Equals(route.Method, StringComparison.OrdinalIgnoreCase))
        {
            // The admin paths take several methods; which of them a path has is theirs to say. Read, a path of tensors is that of a model.
            return new Expected
            {
                Errors = route.Kind == RouteKind.Admin ? [200, 202, 400, 401, 404, 405, 409, 413, 415] : !route.Dialects.Contains(Dialect.KServe) ? [405] : HasKey(request, target.ApiKey, bare: true) ? [404, 405] : [401, 405],
                MayBeEmpty = !expectations.HasFlag(Expectations.WrongMethodBody) || request.Method == "HEAD",
            };
        }

        return route.Kind switch
        {
            RouteKind.Score => Score(request),
            RouteKind.Batch => Batch(request),
            RouteKind.Auth => new Expected { Errors = [], Success = 200 },
            RouteKind.Server or RouteKind.Tensors when !HasKey(request, target.ApiKey, bare: true) => new Expected { Errors = [401], Shape = ReplyShape.KServe },
            RouteKind.Server or RouteKind.Tensors => new Expected { Errors = [], Success = 200, Shape = ReplyShape.KServe },
            RouteKind.Info or RouteKind.Models or RouteKind.Model or RouteKind.Metadata when !HasKey(request, target.ApiKey, bare: true) => new Expected { Errors = [401], MayBeEmpty = true },
            RouteKind.Info => new Expected { Errors = [], Success = 200, Shape = ReplyShape.Tei },
            RouteKind.Models or RouteKind.Model => new Expected { Errors = [], Success = 200, Shape = ReplyShape.Cohere },
            RouteKind.Metadata => new Expected { Errors = [], Success = 200, Shape = ReplyShape.Nim },
            RouteKind.Admin when !HasKey(request, target.AdminKey, bare: false) => new Expected { Errors = [401], Shape = ReplyShape.Admin },

            // What a command is answered is the fleet's affair.
            RouteKind.Admin => new Expected { Errors = [200, 202, 400, 404, 409, 413, 415], Shape = ReplyShape.Admin },
            _ => new Expected { Errors = [], Success = 200, MayBeEmpty = true },
        };
    }

    // The root is a probe, a scoring path, and for a browser the way to a page: which of them a mutated request is, the server says.
    private static bool IsOtherRoot(FuzzRequest request) => request.Route.Path == "/" && (request.Route.Kind == RouteKind.Score
        ? request.Method.ToUpperInvariant() is "GET" or "HEAD"
        : request.Method.Equals("POST", StringComparison.OrdinalIgnoreCase) || request.Header("Accept")?.Contains("text/html", StringComparison.Ordinal) == true);

    private Expected Score(FuzzRequest request)
    {
        var dialects = request.Route.Dialects;
        var isShared = dialects.Length > 1;
        var unknown = !isShared ? ShapeOf(dialects[0]) : dialects.Contains(Dialect.Tei) ? ReplyShape.Both : ReplyShape.Nim;
        if (!HasKey(request, target.ApiKey, bare: true))
        {
            return new Expected { Errors = [401], Shape = unknown, MayBeEmpty = unknown == ReplyShape.Tei };
        }

        // A wrong deadline is told before the body is read, in the path's own format.
        _ = Deadline(request, out var isWrong);
        int[] ofHeader = isWrong ? [unknown == ReplyShape.Tei ? 422 : 400] : [];
        var bytes = request.Body;
        int[] refusals = [400];
        if (expectations.HasFlag(Expectations.ContentEncoding) && !ContentDecoding.TryDecode(request, out bytes, out refusals))
        {
            return new Expected { Errors = [.. refusals, .. ofHeader], Shape = unknown };
        }

        byte[] attached = [];
        if (dialects.Contains(Dialect.KServe) && !TrySplit(request, ref bytes, out attached))
        {
            return new Expected { Errors = [400], Shape = unknown };
        }

        if (!TryParse(bytes, out var body) || isWrong)
        {
            return new Expected { Errors = [400, .. ofHeader], Shape = unknown };
        }

        if (isShared && !dialects.Any(dialect => Recognizes(dialect, body)))
        {
            return new Expected { Errors = [400], Shape = unknown };
        }

        // A header is read behind the body, and tells its mistake in the body's dialect.
        return ReadBody(isShared ? dialects.First(dialect => Recognizes(dialect, body)) : dialects[0], body, request, attached);
    }

    private Expected Batch(FuzzRequest request)
    {
        if (!HasKey(request, target.ApiKey, bare: true))
        {
            return new Expected { Errors = [401], Shape = ReplyShape.Cohere };
        }

        _ = Deadline(request, out var isWrong);
        int[] ofHeaders = isWrong || ReferenceCalls.HasWrongHeader(request) ? [400] : [];
        var isWhole = ContentDecoding.TryDecode(request, out var bytes, out var refusals);
        var isUnknown = !isWhole && refusals is [415];
        if (ofHeaders.Length > 0 || isUnknown)
        {
            return new Expected { Errors = isUnknown ? [.. ofHeaders, 415] : [.. ofHeaders], Shape = ReplyShape.Cohere };
        }

        var lines = new Dictionary<long, Expected>();
        var pieces = isWhole ? ReferenceLines.Split(bytes) : [];
        for (var at = 0; at < pieces.Count; at++)
        {
            if (!ReferenceLines.IsBlank(pieces[at]))
            {
                lines[at + 1] = ReadLine(pieces[at], request);
            }
        }

        return new Expected { Errors = [], Success = 200, Lines = lines, LineCount = ReferenceLines.Count(pieces), IsCut = !isWhole };
    }

    private Expected ReadLine(byte[] line, FuzzRequest request)
    {
        if (!TryParse(line, out var body))
        {
            return new Expected { Errors = [400], Shape = ReplyShape.Cohere };
        }

        var expected = ReadBody(Dialect.Cohere, body, request, []);
        var name = body["custom_id"] ?? body["id"];
        return ReferenceLines.IsName(name) ? expected with { Name = name?.Text } : expected with { Errors = [400, .. expected.Errors], Call = null };
    }

    private Expected ReadBody(Dialect dialect, JsonValue body, FuzzRequest request, byte[] attached)
    {
        var isTei = dialect is Dialect.Tei or Dialect.Predict;
        var fields = new ReferenceFields(body);
        var call = ReferenceCalls.Read(dialect, fields, request, attached);
        var errors = new HashSet<int>();
        if (fields.HasEmptyList)
        {
            errors.Add(400);
        }

        if (fields.HasWrongField || call.Passages.Length > MaxPassages || call.MaxPairTokens < LeastPairTokens)
        {
            errors.Add(isTei ? 422 : 400);
        }

        if (!isTei && !IsServed(call.Model))
        {
            errors.Add(404);
        }

        return new Expected
        {
            Errors = errors,
            Shape = ShapeOf(dialect),
            Call = errors.Count == 0 ? call : null,
            Version = request.Route.Version,
        };
    }

    // A header says where the text ends; what is behind it are bytes.
    private static bool TrySplit(FuzzRequest request, ref byte[] bytes, out byte[] attached)
    {
        attached = [];
        if (request.Header(Draft.TextLength) is not { Length: > 0 } header)
        {
            return true;
        }

        if (!header.All(char.IsAsciiDigit) || !int.TryParse(header, NumberStyles.None, CultureInfo.InvariantCulture, out var length) || length < 1 || length > bytes.Length)
        {
            return false;
        }

        (attached, bytes) = (bytes[length..], bytes[..length]);
        return true;
    }

    private static bool Recognizes(Dialect dialect, JsonValue body) => dialect switch
    {
        Dialect.Tei => body["texts"] is not null,
        Dialect.Predict => body["inputs"] is not null,
        Dialect.Score => Array.Exists(ReferenceCalls.Sides, side => body[side.First] is not null && body[side.Second] is not null),
        Dialect.Nim => body["passages"] is not null,
        _ => body["documents"] is not null,
    };

    private static ReplyShape ShapeOf(Dialect dialect) => dialect switch
    {
        Dialect.Tei or Dialect.Predict => ReplyShape.Tei,
        Dialect.Cohere => ReplyShape.Cohere,
        Dialect.Vllm => ReplyShape.Vllm,
        Dialect.Score => ReplyShape.Score,
        Dialect.Infinity => ReplyShape.Infinity,
        Dialect.Voyage => ReplyShape.Voyage,
        Dialect.KServe => ReplyShape.KServe,
        _ => ReplyShape.Nim,
    };

    private bool IsServed(string? model) =>
        string.IsNullOrWhiteSpace(model) || model == "default/not-specified" || model == target.Model || model == target.Identity;

    private static bool TryParse(ReadOnlySpan<byte> bytes, out JsonValue body)
    {
        bytes = bytes.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes;
        try
        {
            body = ReferenceJson.Parse(bytes);
            return body.Kind == JsonKind.Object && body.Fields.Count <= MaxFields;
        }
        catch (FormatException)
        {
            body = new JsonValue(JsonKind.Null, "");
            return false;
        }
    }

    internal static bool HasKey(FuzzRequest request, string? key, bool bare)
    {
        const string Scheme = "Bearer ";
        if (key is null)
        {
            return true;
        }

        var header = request.Header("Authorization") ?? "";
        var hasScheme = header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase);
        return (hasScheme ? header[Scheme.Length..].Trim() : bare ? header : "") == key;
    }

    private static TimeSpan? Deadline(FuzzRequest request, out bool isWrong)
    {
        isWrong = false;
        var header = request.Header("X-Request-Timeout-Ms");
        if (string.IsNullOrEmpty(header))
        {
            return null;
        }

        var isNumber = double.TryParse(header, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var milliseconds);
        isWrong = !isNumber || !double.IsFinite(milliseconds) || milliseconds < 1 || !header.All(static c => char.IsAsciiDigit(c) || c == '.');
        return isWrong ? null : TimeSpan.FromMilliseconds(Math.Min(milliseconds, MaxDeadline.TotalMilliseconds));
    }
}
