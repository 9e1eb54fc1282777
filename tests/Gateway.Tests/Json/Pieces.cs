using System.Buffers;

namespace Reranker.Gateway.Tests.Json;

/// <summary>Bodies as they lie in memory: cut anywhere.</summary>
internal static class Pieces
{
    /// <summary>The bytes in pieces of one size, behind an empty one.</summary>
    public static ReadOnlySequence<byte> Cut(byte[] bytes, int size)
    {
        var first = new Segment(ReadOnlyMemory<byte>.Empty, null);
        var last = first;
        for (var start = 0; start < bytes.Length; start += size)
        {
            last = new Segment(bytes.AsMemory(start, Math.Min(size, bytes.Length - start)), last);
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? before)
        {
            Memory = memory;
            if (before is not null)
            {
                RunningIndex = before.RunningIndex + before.Memory.Length;
                before.Next = this;
            }
        }
    }
}
