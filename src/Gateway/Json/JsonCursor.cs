using System.Buffers;

namespace Reranker.Gateway.Json;

/// <summary>
/// A place in a JSON text. It goes over strings, of which nearly all of a body is, many bytes at a time;
/// <see cref="System.Text.Json.Utf8JsonReader"/> looks at each byte of a string with an escape, and clients that escape all letters
/// beyond ASCII are many. Whatever else there is, is the library's to read.
/// </summary>
internal ref struct JsonCursor
{
    private const byte Quote = (byte)'"';
    private const byte Backslash = (byte)'\\';

    // What ends a run of plain characters; control characters may not be there at all.
    private static readonly SearchValues<byte> RunEnds = SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(static value => (byte)value), Quote, Backslash]);

    private readonly ReadOnlySequence<byte> _json;
    private SequencePosition _next;
    private ReadOnlySpan<byte> _piece;
    private long _before;
    private int _at;

    public JsonCursor(ReadOnlySequence<byte> json)
    {
        (_json, _next) = (json, json.Start);
        TryOpenNextPiece();
    }

    /// <summary>Bytes that are behind it.</summary>
    public readonly long Position => _before + _at;

    /// <summary>The rest of the text.</summary>
    public readonly ReadOnlySequence<byte> Rest => _json.Slice(Position);

    /// <summary>The next byte; 0, which no JSON has, at the end.</summary>
    public byte PeekByte()
    {
        while (_at == _piece.Length)
        {
            if (!TryOpenNextPiece())
            {
                return 0;
            }
        }

        return _piece[_at];
    }

    /// <summary>Goes over white space, and looks at what is behind it.</summary>
    public byte PeekToken()
    {
        byte next;
        while ((next = PeekByte()) is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
        {
            _at++;
        }

        return next;
    }

    /// <summary>Goes over white space and then over this byte, if it is there.</summary>
    public bool TrySkipToken(byte token)
    {
        if (PeekToken() != token)
        {
            return false;
        }

        _at++;
        return true;
    }

    /// <summary>Goes ahead.</summary>
    public void Skip(long bytes)
    {
        while (bytes > _piece.Length - _at)
        {
            bytes -= _piece.Length - _at;
            _at = _piece.Length;
            if (!TryOpenNextPiece())
            {
                return;
            }
        }

        _at += (int)bytes;
    }

    /// <summary>Goes over the string that begins here; false where it is not one.</summary>
    public bool TrySkipString() => TrySkipString(out _);

    /// <summary>Reads the string that begins here; null where it is not one.</summary>
    public string? ReadString()
    {
        var (start, piece, at) = (Position + 1, _before, _at + 1);
        if (!TrySkipString(out var isEscaped))
        {
            return null;
        }

        return _before == piece
            ? JsonText.Decode(_piece[at..(_at - 1)], isEscaped)
            : JsonText.Decode(_json.Slice(start, Position - 1 - start), isEscaped);
    }

    /// <summary>Goes over a string or over a list of nothing but strings; false, and anywhere within, at something else.</summary>
    public bool TrySkipStrings()
    {
        if (PeekToken() == Quote)
        {
            return TrySkipString();
        }

        if (!TrySkipToken((byte)'['))
        {
            return false;
        }

        if (TrySkipToken((byte)']'))
        {
            return true;
        }

        do
        {
            if (PeekToken() != Quote || !TrySkipString())
            {
                return false;
            }
        }
        while (TrySkipToken((byte)','));
        return TrySkipToken((byte)']');
    }

    private bool TrySkipString(out bool isEscaped)
    {
        isEscaped = false;
        if (PeekByte() != Quote)
        {
            return false;
        }

        _at++;
        while (true)
        {
            var run = _piece[_at..].IndexOfAny(RunEnds);
            if (run < 0)
            {
                _at = _piece.Length;
                if (!TryOpenNextPiece())
                {
                    return false;
                }

                continue;
            }

            _at += run;
            if (_piece[_at] != Backslash)
            {
                return _piece[_at++] == Quote;
            }

            isEscaped = true;
            do
            {
                if (!TrySkipEscape())
                {
                    return false;
                }
            }
            while (PeekByte() == Backslash);
        }
    }

    private bool TrySkipEscape()
    {
        var length = JsonEscapes.MeasureValid(_piece[_at..]);
        if (length > 0)
        {
            _at += length;
            return true;
        }

        // It may go on in the next piece.
        Span<byte> escape = stackalloc byte[JsonEscapes.UnicodeLength];
        var rest = Rest;
        rest = rest.Slice(0, Math.Min(escape.Length, rest.Length));
        rest.CopyTo(escape);
        length = JsonEscapes.MeasureValid(escape[..(int)rest.Length]);
        Skip(length);
        return length > 0;
    }

    private bool TryOpenNextPiece()
    {
        while (_json.TryGet(ref _next, out var piece))
        {
            if (!piece.IsEmpty)
            {
                (_before, _at) = (_before + _piece.Length, 0);
                _piece = piece.Span;
                return true;
            }
        }

        return false;
    }
}
