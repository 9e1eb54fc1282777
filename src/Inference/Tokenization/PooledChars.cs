using System.Buffers;
using System.Text;

namespace Reranker.Inference.Tokenization;

/// <summary>A growing run of characters in a rented array.</summary>
internal ref struct PooledChars(int capacity) : IDisposable
{
    private char[] _array = ArrayPool<char>.Shared.Rent(capacity);
    private int _length;

    public readonly ReadOnlySpan<char> Span => _array.AsSpan(0, _length);

    public void Append(char value)
    {
        if (_length == _array.Length)
        {
            Grow();
        }

        _array[_length++] = value;
    }

    public void Append(Rune value)
    {
        if (_length + 2 > _array.Length)
        {
            Grow();
        }

        _length += value.EncodeToUtf16(_array.AsSpan(_length));
    }

    public void TrimEnd(char value) => _length = Span.TrimEnd(value).Length;

    public void Clear() => _length = 0;

    public readonly void Dispose() => ArrayPool<char>.Shared.Return(_array);

    private void Grow()
    {
        var larger = ArrayPool<char>.Shared.Rent(_array.Length * 2);
        Span.CopyTo(larger);
        ArrayPool<char>.Shared.Return(_array);
        _array = larger;
    }
}
