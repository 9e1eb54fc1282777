using Google.Protobuf;

namespace Reranker.Onnx.HuggingFace;

/// <summary>Counts the pieces of a SentencePiece model without building a tokenizer.</summary>
internal static class SentencePieceFile
{
    // Field 1 of ModelProto in sentencepiece_model.proto.
    private const int Pieces = 1;
    private const long MaxBytes = 256L << 20;

    /// <summary>Pieces of the model, its own special pieces included.</summary>
    /// <exception cref="CheckpointException">The file is missing or no SentencePiece model.</exception>
    public static int CountPieces(string path)
    {
        var info = new FileInfo(path);
        if (!info.Exists)
        {
            throw new CheckpointException(path, "missing; the tokenizer is read from it");
        }

        if (info.Length > MaxBytes)
        {
            throw new CheckpointException(path, $"has {info.Length} bytes; a SentencePiece model is smaller");
        }

        try
        {
            using var stream = info.OpenRead();
            using var input = new CodedInputStream(stream);
            var count = 0;
            for (var tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
            {
                count += WireFormat.GetTagFieldNumber(tag) == Pieces ? 1 : 0;
                input.SkipLastField();
            }

            return count > 0 ? count : throw new CheckpointException(path, "holds no pieces");
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new CheckpointException(path, $"is no SentencePiece model ({e.Message})", e);
        }
    }
}
