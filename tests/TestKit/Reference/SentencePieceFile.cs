using Google.Protobuf;

namespace Reranker.TestKit.Reference;

/// <summary>What a converter reads from a SentencePiece model: its pieces with their scores, and its compiled character map.</summary>
public sealed class SentencePieceFile
{
    /// <summary>Reads a model.</summary>
    public SentencePieceFile(byte[] content) => ReadMessage(content, (field, value) =>
    {
        if (field == 1)
        {
            var (text, score) = ("", 0f);
            ReadMessage(value.ToByteArray(), (inner, bytes) => text = inner == 1 ? bytes.ToStringUtf8() : text, number => score = number);
            Pieces.Add((text, score));
        }
        else if (field == 3)
        {
            ReadMessage(value.ToByteArray(), (inner, bytes) => CharsMap = inner == 2 ? bytes.ToByteArray() : CharsMap);
        }
    });

    /// <summary>The pieces.</summary>
    public List<(string Text, float Score)> Pieces { get; } = [];

    /// <summary>The character map.</summary>
    public byte[] CharsMap { get; private set; } = [];

    private static void ReadMessage(byte[] content, Action<int, ByteString> seeBytes, Action<float>? seeFloat = null)
    {
        var input = new CodedInputStream(content);
        while (input.ReadTag() is var tag and not 0)
        {
            switch (WireFormat.GetTagWireType(tag))
            {
                case WireFormat.WireType.LengthDelimited:
                    seeBytes(WireFormat.GetTagFieldNumber(tag), input.ReadBytes());
                    break;
                case WireFormat.WireType.Fixed32 when seeFloat is not null:
                    seeFloat(input.ReadFloat());
                    break;
                default:
                    input.SkipLastField();
                    break;
            }
        }
    }
}
