using System.Globalization;
using Reranker.Fuzz.Requests;

namespace Reranker.Fuzz.Oracle;

/// <summary>Reads the fields of a dialect, and the headers that say the same.</summary>
internal static class ReferenceCalls
{
    private const int MaxChunks = 1000;
    private static readonly string[] Instructions = ["instruction", "instructions", "instruct", "chat_template", "chat_template_kwargs"];

    /// <summary>The names of the two sides of scores.</summary>
    public static readonly (string First, string Second)[] Sides =
        [("text_1", "text_2"), ("queries", "documents"), ("queries", "items"), ("data_1", "data_2")];

    private static ReferenceCall Tei(ReferenceFields fields, FuzzRequest request) => TeiOptions(fields, request) with
    {
        Query = fields.Query(),
        Passages = fields.Passages("texts", rankFields: null),
        ReturnTexts = fields.Boolean("return_text") ?? false,
    };

    /// <summary>The options that TEI's texts and pairs share.</summary>
    private static ReferenceCall TeiOptions(ReferenceFields fields, FuzzRequest request) => new()
    {
        Query = "",
        Passages = [],
        RawScores = fields.Boolean("raw_scores") ?? false,
        MayCut = fields.Boolean("truncate") ?? true,
        LongestFirst = true,
        KeepEnd = fields.IsLeft("truncation_direction") ?? false,
        MaxChunks = Whole(fields, request, "X-Reranker-Max-Chunks", 1, MaxChunks) ?? 1,
        ChunkOverlap = Whole(fields, request, "X-Reranker-Chunk-Overlap", 0, int.MaxValue) ?? 64,
    };

    /// <summary>Reads a call of a dialect.</summary>
    public static ReferenceCall Read(Dialect dialect, ReferenceFields fields, FuzzRequest request, byte[] attached)
    {
        if (dialect is not (Dialect.Tei or Dialect.Predict or Dialect.Cohere or Dialect.Vllm or Dialect.KServe) && Instructions.Any(name => fields[name] is not null))
        {
            fields.Wrong(0);
        }

        return dialect switch
        {
            Dialect.Tei => Tei(fields, request),
            Dialect.Predict => Predict(fields, request),
            Dialect.Nim => Nim(fields, request),
            Dialect.Score => Score(fields, request),
            Dialect.KServe => ReferenceTensors.Read(fields, attached, new ReferenceCall
            {
                Query = "",
                Passages = [],
                MaxChunks = Whole(fields, request, "X-Reranker-Max-Chunks", 1, MaxChunks) ?? 1,
                ChunkOverlap = Whole(fields, request, "X-Reranker-Chunk-Overlap", 0, int.MaxValue) ?? 64,
            }),
            Dialect.Cohere => Cohere(fields, request, allowObjects: true) is { ReturnTexts: true } call
                ? call with { Documents = fields["documents"]?.Items }
                : Cohere(fields, request, allowObjects: true),
            Dialect.Vllm => Cohere(fields, request, allowObjects: true) with { ReturnTexts = fields.Boolean("return_documents") ?? true },
            _ => Cohere(fields, request, allowObjects: false),
        };
    }

    /// <summary>Whether the headers that count for every line of a batch are wrong.</summary>
    public static bool HasWrongHeader(FuzzRequest request)
    {
        var fields = new ReferenceFields(new JsonValue(JsonKind.Object, ""));
        _ = Whole(fields, request, "X-Reranker-Max-Chunks", 1, MaxChunks);
        _ = Whole(fields, request, "X-Reranker-Chunk-Overlap", 0, int.MaxValue);
        return fields.HasWrongField;
    }

    private static ReferenceCall Predict(ReferenceFields fields, FuzzRequest request)
    {
        var (pairs, isList) = fields.Pairs("inputs");
        var queries = pairs.Select(static pair => pair.First).ToArray();
        if (queries.Any(string.IsNullOrWhiteSpace))
        {
            fields.Wrong(0);
        }

        return TeiOptions(fields, request) with
        {
            Query = queries.FirstOrDefault() ?? "",
            Queries = queries,
            Passages = [.. pairs.Select(static pair => pair.Second)],
            IsPairList = isList,
        };
    }

    private static ReferenceCall Nim(ReferenceFields fields, FuzzRequest request)
    {
        var truncate = fields.Text("truncate")?.ToUpperInvariant();
        if (truncate is not (null or "NONE" or "END" or "START"))
        {
            fields.Wrong(0);
        }

        return new ReferenceCall
        {
            Query = fields.Query(allowObjects: true),
            Passages = fields.Passages("passages", []),
            Model = fields.Text("model"),
            Top = fields.Limit("top_n"),
            RawScores = true,
            MayCut = truncate != "NONE",
            KeepEnd = truncate == "START",
            MaxChunks = Whole(fields, request, "X-Reranker-Max-Chunks", 1, MaxChunks) ?? 1,
            ChunkOverlap = Whole(fields, request, "X-Reranker-Chunk-Overlap", 0, int.MaxValue) ?? 64,
        };
    }

    private static ReferenceCall Score(ReferenceFields fields, FuzzRequest request)
    {
        var options = Options(fields, request);
        var sides = Sides.Where(side => fields[side.First] is not null && fields[side.Second] is not null).ToArray();
        if (sides.Length != 1)
        {
            return fields.Wrong(options);
        }

        var (queries, passages) = (fields.TextList(sides[0].First), fields.TextList(sides[0].Second));
        if ((queries.Length != 1 && queries.Length != passages.Length) || queries.Any(string.IsNullOrWhiteSpace))
        {
            return fields.Wrong(options with { Passages = passages });
        }

        return options with { Query = queries.FirstOrDefault() ?? "", Queries = queries.Length > 1 ? queries : null, Passages = passages };
    }

    private static ReferenceCall Cohere(ReferenceFields fields, FuzzRequest request, bool allowObjects)
    {
        var (top, voyage) = (fields.Limit("top_n"), fields.Limit("top_k"));
        return Options(fields, request) with
        {
            Query = fields.Query(allowObjects),
            Passages = fields.Passages("documents", allowObjects ? fields.RankFields() : null),
            Top = top ?? voyage,
            ReturnTexts = fields.Boolean("return_documents") ?? false,
            HasInstruction = fields["instruction"] is not null,
        };
    }

    /// <summary>The options that the families of documents and of scores share.</summary>
    private static ReferenceCall Options(ReferenceFields fields, FuzzRequest request)
    {
        var pair = fields.Integer("truncate_prompt_tokens");
        pair = pair is 0 or < -1 ? fields.Wrong<int?>(null) : pair;
        var (raw, activation) = (fields.Boolean("raw_scores") ?? false, fields.Boolean("use_activation") ?? true);
        var (side, direction) = (fields.IsLeft("truncation_side"), fields.IsLeft("truncation_direction"));
        var chunks = fields.Limit("max_chunks_per_doc");
        chunks = chunks > MaxChunks ? fields.Wrong<int?>(null) : chunks;
        var headerChunks = Whole(fields, request, "X-Reranker-Max-Chunks", 1, MaxChunks);
        var headerOverlap = Whole(fields, request, "X-Reranker-Chunk-Overlap", 0, int.MaxValue);
        return new ReferenceCall
        {
            Query = "",
            Passages = [],
            Model = fields.Text("model"),
            RawScores = raw || !activation,
            MayCut = fields.Boolean("truncation") ?? true,
            KeepEnd = side ?? direction ?? false,
            MaxPairTokens = pair is > 0 ? pair : null,
            MaxPassageTokens = fields.Limit("max_tokens_per_doc"),
            MaxQueryTokens = fields.Limit("max_tokens_per_query"),
            MaxChunks = chunks ?? headerChunks ?? 1,
            ChunkOverlap = fields.Count("overlap_tokens") ?? headerOverlap ?? 64,
        };
    }

    private static int? Whole(ReferenceFields fields, FuzzRequest request, string name, int least, int most)
    {
        var header = request.Header(name);
        if (string.IsNullOrEmpty(header))
        {
            return null;
        }

        return header.All(char.IsAsciiDigit) && long.TryParse(header, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most
            ? (int)value
            : fields.Wrong<int?>(null);
    }
}
