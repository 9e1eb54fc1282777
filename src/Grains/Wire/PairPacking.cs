using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Reranker.Inference.Models;
using Reranker.Workers;

namespace Reranker.Grains.Wire;

/// <summary>
/// Token ids to bytes of a <see cref="ScoreRequest"/> and back: the request side packs query and passages without
/// special tokens, the worker side joins every pair as the model reads it.
/// </summary>
internal static class PairPacking
{
    /// <summary>
    /// Most tokens of all joined pairs of one sub-batch (4 MiB of ids on the worker). A message of the permitted size
    /// could otherwise be joined to gigabytes, because every pair repeats the query.
    /// </summary>
    public const int MaxJoinedTokens = 1_048_576;

    // Every known model has three or four.
    private const int MaxSpecialTokens = 16;

    /// <summary>Bytes of an id when ids are below <paramref name="vocabularySize"/>: 2 where 16 bits hold them all, else 4.</summary>
    public static byte FindBytesPerId(int vocabularySize) => vocabularySize <= ushort.MaxValue + 1 ? (byte)2 : (byte)4;

    /// <summary>Packs one text's ids.</summary>
    public static byte[] PackIds(ReadOnlySpan<int> ids, byte bytesPerId)
    {
        var bytes = GC.AllocateUninitializedArray<byte>(checked(ids.Length * bytesPerId));
        WriteIds(ids, bytes, bytesPerId);
        return bytes;
    }

    /// <summary>Packs the chosen passages, one after another.</summary>
    /// <param name="passages">Ids of all passages of the request.</param>
    /// <param name="chosen">Indexes of those that are packed, in this order.</param>
    /// <param name="bytesPerId">2 or 4.</param>
    /// <param name="lengths">Tokens of each packed passage.</param>
    public static byte[] PackIds(int[][] passages, ReadOnlySpan<int> chosen, byte bytesPerId, out int[] lengths)
    {
        lengths = new int[chosen.Length];
        var total = 0;
        for (var i = 0; i < chosen.Length; i++)
        {
            lengths[i] = passages[chosen[i]].Length;
            total = checked(total + lengths[i]);
        }

        var bytes = GC.AllocateUninitializedArray<byte>(checked(total * bytesPerId));
        var at = 0;
        foreach (var index in chosen)
        {
            WriteIds(passages[index], bytes.AsSpan(at), bytesPerId);
            at += passages[index].Length * bytesPerId;
        }

        return bytes;
    }

    /// <summary>A template as it travels: XLM-RoBERTa's is null, as it was before there were others.</summary>
    public static int[]? PackTemplate(PairTemplate template) => template.IsSameAs(PairTemplate.XlmRoberta) ? null : template.ListIds();

    /// <summary>Joins the pairs of a request; false with a reason when its parts do not add up or are too large.</summary>
    public static bool TryUnpack(ScoreRequest request, out int[] ids, out int[] offsets, out string? error)
    {
        ids = [];
        offsets = [];
        var template = PairTemplate.XlmRoberta;
        error = request.Template is null || TryReadTemplate(request.Template, out template)
            ? null
            : "A pair has 3 to 16 special tokens.";
        var joined = 0;
        error ??= FindProblem(request, template.SpecialTokens, out joined);
        if (error is not null)
        {
            return false;
        }

        var query = new int[request.QueryIds.Length / request.BytesPerId];
        ReadIds(request.QueryIds, query, request.BytesPerId);
        ids = GC.AllocateUninitializedArray<int>(joined);
        offsets = new int[request.Count + 1];
        int at = 0, from = 0;
        for (var i = 0; i < request.Count; i++)
        {
            var kept = request.QueryLengths?[i] ?? query.Length;
            var length = request.PassageLengths[i];
            var tokens = kept + length + template.SpecialTokens;
            var passage = template.WriteQueryAndSpecialTokens(
                request.KeepQueryEnd ? query.AsSpan(query.Length - kept) : query.AsSpan(0, kept), ids.AsSpan(at, tokens));
            var bytes = length * request.BytesPerId;
            ReadIds(request.PassageIds.AsSpan(from, bytes), passage, request.BytesPerId);
            from += bytes;
            at += tokens;
            offsets[i + 1] = at;
        }

        return true;
    }

    private static bool TryReadTemplate(int[] ids, out PairTemplate template)
    {
        var isOne = ids.Length is > 2 and <= MaxSpecialTokens;
        template = isOne ? PairTemplate.FromIds(ids) : PairTemplate.XlmRoberta;
        return isOne;
    }

    private static string? FindProblem(ScoreRequest request, int specialTokens, out int joined)
    {
        joined = 0;
        if (request.BytesPerId is not (2 or 4))
        {
            return "An id has 2 or 4 bytes.";
        }

        if ((long)request.QueryIds.Length + request.PassageIds.Length > Limits.MaxScoreRequestBytes)
        {
            return "The sub-batch has more bytes of ids than a message may carry.";
        }

        if (request.QueryIds.Length % request.BytesPerId != 0)
        {
            return "The query's bytes are no whole number of ids.";
        }

        if (request.Count == 0 || (request.QueryLengths is { } kept && kept.Length != request.Count))
        {
            return "The numbers of pairs do not agree.";
        }

        var query = request.QueryIds.Length / request.BytesPerId;
        long passages = 0, pairs = 0;
        for (var i = 0; i < request.Count; i++)
        {
            var kept1 = request.QueryLengths?[i] ?? query;
            if (request.PassageLengths[i] < 0 || kept1 < 0 || kept1 > query)
            {
                return "A length is out of range.";
            }

            passages += request.PassageLengths[i];
            pairs += (long)request.PassageLengths[i] + kept1 + specialTokens;
        }

        if (passages * request.BytesPerId != request.PassageIds.Length)
        {
            return "The passages' lengths do not add up to their bytes.";
        }

        joined = (int)Math.Min(pairs, int.MaxValue);
        return pairs > MaxJoinedTokens ? "The sub-batch has more tokens than a message may carry." : null;
    }

    private static void WriteIds(ReadOnlySpan<int> ids, Span<byte> bytes, byte bytesPerId)
    {
        if (bytesPerId == sizeof(int))
        {
            if (BitConverter.IsLittleEndian)
            {
                MemoryMarshal.AsBytes(ids).CopyTo(bytes);
                return;
            }

            for (var i = 0; i < ids.Length; i++)
            {
                BinaryPrimitives.WriteInt32LittleEndian(bytes[(i * sizeof(int))..], ids[i]);
            }

            return;
        }

        for (var i = 0; i < ids.Length; i++)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(bytes[(i * sizeof(ushort))..], checked((ushort)ids[i]));
        }
    }

    private static void ReadIds(ReadOnlySpan<byte> bytes, Span<int> ids, byte bytesPerId)
    {
        if (bytesPerId == sizeof(int))
        {
            for (var i = 0; i < ids.Length; i++)
            {
                ids[i] = BinaryPrimitives.ReadInt32LittleEndian(bytes[(i * sizeof(int))..]);
            }

            return;
        }

        for (var i = 0; i < ids.Length; i++)
        {
            ids[i] = BinaryPrimitives.ReadUInt16LittleEndian(bytes[(i * sizeof(ushort))..]);
        }
    }
}
