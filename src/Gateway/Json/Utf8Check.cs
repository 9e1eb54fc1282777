using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Reranker.Gateway.Json;

/// <summary>Whether bytes that come in pieces are UTF-8; a piece may end within a character.</summary>
internal struct Utf8Check
{
    private const int MaxCharacterBytes = 4;

    private int _started;
    private byte _first;
    private byte _second;
    private byte _third;

    /// <summary>True when no character is left unfinished.</summary>
    public readonly bool IsComplete => _started == 0;

    /// <summary>Reads the next piece; false when it cannot be UTF-8.</summary>
    public bool ValidatePiece(ReadOnlySpan<byte> piece)
    {
        Span<byte> character = [_first, _second, _third, 0];
        while (_started > 0 && !piece.IsEmpty)
        {
            character[_started++] = piece[0];
            piece = piece[1..];
            switch (Rune.DecodeFromUtf8(character[.._started], out _, out _))
            {
                case OperationStatus.Done:
                    _started = 0;
                    break;
                case OperationStatus.NeedMoreData:
                    KeepUnfinished(character[.._started]);
                    break;
                default:
                    return false;
            }
        }

        for (var tail = 1; tail <= Math.Min(MaxCharacterBytes - 1, piece.Length); tail++)
        {
            if (Rune.DecodeFromUtf8(piece[^tail..], out _, out _) == OperationStatus.NeedMoreData)
            {
                KeepUnfinished(piece[^tail..]);
                piece = piece[..^tail];
                break;
            }
        }

        return Utf8.IsValid(piece);
    }

    private void KeepUnfinished(ReadOnlySpan<byte> bytes)
    {
        _started = bytes.Length;
        _first = bytes[0];
        _second = bytes.Length > 1 ? bytes[1] : (byte)0;
        _third = bytes.Length > 2 ? bytes[2] : (byte)0;
    }
}
