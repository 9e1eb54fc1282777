using System.Globalization;
using Reranker.Fuzz.Requests;

namespace Reranker.Fuzz.Oracle;

/// <summary>Reads the fields of a dialect, and the headers that say the same.</summary>
internal static class ReferenceCalls
{
    private const int MaxChunks = 1000;

    public static ReferenceCall Tei(ReferenceFields fields, FuzzRequest request) => new()
    {
        Query = fields.Query(),
        Passages = fields.Passages("texts", rankFields: null),
        ReturnTexts = fields.Boolean("return_text") ?? false,
        RawScores = fields.Boolean("raw_scores") ?? false,
        MayCut = fields.Boolean("truncate") ?? true,
        LongestFirst = true,
        KeepEnd = fields.IsLeft("truncation_direction") ?? false,
        MaxChunks = Whole(fields, request, "X-Reranker-Max-Chunks", 1, MaxChunks) ?? 1,
        ChunkOverlap = Whole(fields, request, "X-Reranker-Chunk-Overlap", 0, int.MaxValue) ?? 64,
    };

    public static ReferenceCall Cohere(ReferenceFields fields, FuzzRequest request)
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
            Query = fields.Query(),
            Passages = fields.Passages("documents", fields.RankFields()),
            Model = fields.Text("model"),
            Top = fields.Limit("top_n"),
            ReturnTexts = fields.Boolean("return_documents") ?? false,
            RawScores = raw || !activation,
            HasInstruction = fields["instruction"] is not null,
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
