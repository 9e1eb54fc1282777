using System.Buffers;

namespace Reranker.Gateway.Json;

/// <summary>
/// A growing run of bytes for bodies in and out, in rented pieces. It never moves what it has: a buffer of one piece would hold
/// half as much again while it grows, and leave large arrays to the pool.
/// </summary>
internal sealed class PooledBuffer : IBufferWriter<byte>, IDisposable
{
    // The largest power of two that the garbage collector does not treat as a large object.
    private const int PieceLength = 64 * 1024;
    private const int MinLength = 256;

    private readonly List<Piece> _pieces = new(1);

    /// <param name="capacity">Bytes that are likely written.</param>
    public PooledBuffer(int capacity) => AddPiece(new Piece(Math.Clamp(capacity, MinLength, PieceLength), 0));

    /// <summary>Bytes that were written.</summary>
    public long Length => _pieces.Count == 0 ? 0 : Last.RunningIndex + Last.Length;

    /// <summary>Bytes that it holds.</summary>
    public long Capacity { get; private set; }

    /// <summary>What was written.</summary>
    public ReadOnlySequence<byte> Written => _pieces.Count == 0 ? default : new(_pieces[0], 0, Last, Last.Length);

    private Piece Last => _pieces[^1];

    public void Advance(int count) => Last.Length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        var room = Last.Room;
        if (room.Length >= Math.Max(sizeHint, 1))
        {
            return room;
        }

        // Small buffers double, so that a small body costs little.
        var next = new Piece(Math.Max(sizeHint, (int)Math.Min(PieceLength, Capacity)), Length);
        Last.CompleteAndLink(next);
        AddPiece(next);
        return next.Room;
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public void Dispose()
    {
        foreach (var piece in _pieces)
        {
            piece.Return();
        }

        _pieces.Clear();
        Capacity = 0;
    }

    private void AddPiece(Piece piece)
    {
        _pieces.Add(piece);
        Capacity += piece.Capacity;
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        private byte[] _rented;
        private int _length;

        public Piece(int capacity, long start)
        {
            _rented = ArrayPool<byte>.Shared.Rent(capacity);
            RunningIndex = start;
            Memory = _rented;
        }

        public int Capacity => _rented.Length;

        public int Length
        {
            get => _length;
            set => _length = value <= _rented.Length ? value : throw new ArgumentOutOfRangeException(nameof(value));
        }

        public Memory<byte> Room => _rented.AsMemory(_length);

        public void CompleteAndLink(Piece next)
        {
            Memory = _rented.AsMemory(0, _length);
            Next = next;
        }

        public void Return()
        {
            ArrayPool<byte>.Shared.Return(_rented);
            (_rented, _length, Memory) = ([], 0, default);
        }
    }
}
