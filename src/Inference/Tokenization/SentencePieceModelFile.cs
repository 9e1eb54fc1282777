using System.Collections;
using Google.Protobuf;
using Reranker.Inference.Models;

namespace Reranker.Inference.Tokenization;

/// <summary>
/// The parts of a SentencePiece model file (<c>sentencepiece_model.proto</c>) that Microsoft.ML.Tokenizers does not hand
/// out: the normalization rules, how many pieces there are and which characters they are made of.
/// </summary>
internal sealed class SentencePieceModelFile
{
    private const int UnigramModel = 1;
    private const int NormalPiece = 1;
    private const int UnknownPiece = 2;
    private const int ControlPiece = 3;

    private readonly string _file;
    private readonly HashSet<string> _texts = [];
    private int _modelType = UnigramModel;
    private int _unknownId;
    private int _beginId = 1;
    private int _endId = 2;
    private bool _byteFallback;
    private bool _whiteSpaceAsSuffix;
    private bool _hasTrainer;
    private bool _dummyPrefix = true;
    private bool _removeExtraWhiteSpace = true;
    private bool _escapeWhiteSpace = true;

    private SentencePieceModelFile(string file) => _file = file;

    /// <summary>Pieces of the vocabulary, the three special ones included.</summary>
    public int PieceCount { get; private set; }

    /// <summary>The compiled normalization rules: a double-array trie and the replacements it points to.</summary>
    public ReadOnlyMemory<byte> CharsMap { get; private set; }

    /// <summary>The code points that occur in a piece; any other one is unknown wherever it stands.</summary>
    public BitArray CodePoints { get; } = new(0x110000);

    /// <summary>Reads a model and checks that it is one this tokenizer encodes exactly.</summary>
    /// <exception cref="ModelFolderException">The file is damaged or of another kind.</exception>
    public static SentencePieceModelFile ParseModel(byte[] content, string file)
    {
        var model = new SentencePieceModelFile(file);
        try
        {
            var input = new CodedInputStream(content);
            for (var tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
            {
                switch (WireFormat.GetTagFieldNumber(tag), WireFormat.GetTagWireType(tag))
                {
                    case (1, WireFormat.WireType.LengthDelimited):
                        model.ReadPiece(input.ReadBytes().CreateCodedInput());
                        break;
                    case (2, WireFormat.WireType.LengthDelimited):
                        model.ReadTrainer(input.ReadBytes().CreateCodedInput());
                        break;
                    case (3, WireFormat.WireType.LengthDelimited):
                        model.ReadNormalizer(input.ReadBytes().CreateCodedInput());
                        break;
                    default:
                        input.SkipLastField();
                        break;
                }
            }
        }
        catch (Exception exception) when (exception is InvalidProtocolBufferException or IOException or ArgumentException)
        {
            throw new ModelFolderException(file, "damaged, or no SentencePiece model", exception);
        }

        model.CheckSettings();
        model._texts.Clear();
        model._texts.TrimExcess();
        return model;
    }

    private void ReadPiece(CodedInputStream input)
    {
        var piece = "";
        var score = 0f;
        var type = NormalPiece;
        for (var tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
        {
            switch (WireFormat.GetTagFieldNumber(tag))
            {
                case 1: piece = input.ReadString(); break;
                case 2: score = input.ReadFloat(); break;
                case 3: type = input.ReadEnum(); break;
                default: input.SkipLastField(); break;
            }
        }

        // The ids below are fixed by the checkpoint's embedding table, so the three special pieces come first or not at all.
        var expected = PieceCount switch { 0 => UnknownPiece, 1 or 2 => ControlPiece, _ => NormalPiece };
        Require(type == expected, $"piece {PieceCount} is of type {type}, not {expected} as in an XLM-RoBERTa vocabulary");
        Require(piece.Length > 0, $"piece {PieceCount} is empty");

        // SentencePiece keeps special pieces apart from those of text: a text may be in both.
        Require(type != NormalPiece || _texts.Add(piece), $"piece {PieceCount}, '{piece}', is there twice");
        Require(float.IsFinite(score), $"piece {PieceCount}, '{piece}', has the score {score}");
        PieceCount++;
        if (type == NormalPiece)
        {
            foreach (var rune in piece.EnumerateRunes())
            {
                CodePoints[rune.Value] = true;
            }
        }
    }

    private void ReadTrainer(CodedInputStream input)
    {
        _hasTrainer = true;
        for (var tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
        {
            switch (WireFormat.GetTagFieldNumber(tag))
            {
                case 3: _modelType = input.ReadEnum(); break;
                case 24: _whiteSpaceAsSuffix = input.ReadBool(); break;
                case 35: _byteFallback = input.ReadBool(); break;
                case 40: _unknownId = input.ReadInt32(); break;
                case 41: _beginId = input.ReadInt32(); break;
                case 42: _endId = input.ReadInt32(); break;
                default: input.SkipLastField(); break;
            }
        }
    }

    private void ReadNormalizer(CodedInputStream input)
    {
        for (var tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
        {
            switch (WireFormat.GetTagFieldNumber(tag))
            {
                case 2: CharsMap = input.ReadBytes().Memory; break;
                case 3: _dummyPrefix = input.ReadBool(); break;
                case 4: _removeExtraWhiteSpace = input.ReadBool(); break;
                case 5: _escapeWhiteSpace = input.ReadBool(); break;
                default: input.SkipLastField(); break;
            }
        }
    }

    private void CheckSettings()
    {
        Require(PieceCount > 3 && _hasTrainer && !CharsMap.IsEmpty, "damaged, or no SentencePiece model: vocabulary, trainer settings or normalization rules are missing");
        Require(_modelType == UnigramModel, $"a SentencePiece model of type {_modelType}; XLM-RoBERTa has a Unigram model (1)");
        Require((_unknownId, _beginId, _endId) == (0, 1, 2), $"special pieces are {_unknownId}, {_beginId}, {_endId}; XLM-RoBERTa has <unk> 0, <s> 1, </s> 2");
        Require(!_byteFallback && !_whiteSpaceAsSuffix && _dummyPrefix && _removeExtraWhiteSpace && _escapeWhiteSpace, "white space or unknown characters are handled in another way than XLM-RoBERTa's model does");
    }

    private void Require(bool condition, string reason)
    {
        if (!condition)
        {
            throw new ModelFolderException(_file, reason);
        }
    }
}
