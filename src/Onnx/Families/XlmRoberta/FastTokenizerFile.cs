using System.Text.Json;
using Reranker.Inference.Models;
using Reranker.Inference.Tokenization;
using Reranker.Onnx.HuggingFace;

namespace Reranker.Onnx.Families.XlmRoberta;

/// <summary>
/// <c>tokenizer.json</c>, which Hugging Face's fast tokenizers read in place of the SentencePiece model. This program reads
/// the model; a file that describes another tokenizer means that the checkpoint was trained with other ids.
/// </summary>
internal static class FastTokenizerFile
{
    /// <summary>Name of the file in a checkpoint; it may be missing.</summary>
    public const string FileName = "tokenizer.json";

    // XLM-RoBERTa's has 17 MB.
    private const long MaxBytes = 256L << 20;

    // <unk>, <s> and </s> are the first pieces of the SentencePiece model.
    private const int SpecialPieces = 3;

    private const string WhiteSpace = "\u2581";
    private static readonly string[] PairTemplate = ["<s>", "A", "</s>", "</s>", "B", "</s>"];

    /// <summary>Checks the file against the SentencePiece model beside it.</summary>
    /// <exception cref="CheckpointException">It describes another tokenizer.</exception>
    public static void Check(string path, XlmRobertaTokenizer tokenizer, XlmRobertaTokens tokens)
        => CheckpointJson.ReadObject(path, MaxBytes, FileName, file =>
        {
            if (file.TryGetMember("added_tokens", out var added))
            {
                foreach (var token in added.ListItems())
                {
                    tokens.Require(path, XlmRobertaTokens.ReadToken(token), token.GetMember("id").ReadInteger());
                }
            }

            CheckNormalizer(path, file, tokenizer);
            if (file.TryGetMember("pre_tokenizer", out var preTokenizer))
            {
                ListSteps(preTokenizer, "pretokenizers").ForEach(p => CheckPreTokenizer(path, p));
            }

            if (file.TryGetMember("post_processor", out var postProcessor))
            {
                CheckPostProcessor(path, postProcessor);
            }

            CheckModel(path, file.GetMember("model"), tokenizer);
            return true;
        });

    private static void CheckNormalizer(string path, JsonElement file, XlmRobertaTokenizer tokenizer)
    {
        if (!file.TryGetMember("normalizer", out var normalizer))
        {
            throw new CheckpointException(path, "has no normalizer; the SentencePiece model has rules");
        }

        var hasRules = false;
        foreach (var step in ListSteps(normalizer, "normalizers"))
        {
            switch (ReadType(step))
            {
                case "Precompiled":
                    hasRules = step.FindText("precompiled_charsmap") is { } map && tokenizer.UsesCharsMap(Convert.FromBase64String(map))
                        ? true
                        : throw new CheckpointException(path, "has a precompiled_charsmap other than the SentencePiece model's");
                    break;

                // What SentencePiece does anyway, in the words of several versions of the converter: white space around the
                // text goes, and runs of it become one.
                case "Strip":
                case "Replace" when step.GetMember("pattern").FindText("Regex") == " {2,}" && step.FindText("content") is " " or WhiteSpace:
                    break;
                case var type:
                    throw new CheckpointException(path, $"normalizes texts by {type}, which this tokenizer does not do");
            }
        }

        if (!hasRules)
        {
            throw new CheckpointException(path, "has a normalizer without the SentencePiece model's rules");
        }
    }

    private static void CheckPreTokenizer(string path, JsonElement step)
    {
        var type = ReadType(step);
        var known = type switch
        {
            "WhitespaceSplit" => true,
            "Metaspace" => step.FindText("replacement") == WhiteSpace
                && !(step.TryGetMember("add_prefix_space", out var prefix) && !prefix.ReadSwitch())
                && step.FindText("prepend_scheme") is null or "always",
            _ => false,
        };
        if (!known)
        {
            throw new CheckpointException(path, $"splits texts by {type} with settings that this tokenizer does not have");
        }
    }

    private static void CheckPostProcessor(string path, JsonElement step)
    {
        var type = ReadType(step);
        var known = type switch
        {
            "TemplateProcessing" => step.GetMember("pair").ListItems().Select(DescribePart).SequenceEqual(PairTemplate),
            "RobertaProcessing" => step.GetMember("cls").GetItem(0).ReadText() == "<s>" && step.GetMember("sep").GetItem(0).ReadText() == "</s>",
            _ => false,
        };
        if (!known)
        {
            throw new CheckpointException(path, $"puts a pair together by {type} in another way than <s> query </s></s> passage </s>");
        }
    }

    private static void CheckModel(string path, JsonElement model, XlmRobertaTokenizer tokenizer)
    {
        if (model.FindText("type") is { } type and not "Unigram")
        {
            throw new CheckpointException(path, $"has a model of type {type}; XLM-RoBERTa has a Unigram model");
        }

        if (model.TryGetMember("unk_id", out var unknown) && unknown.ReadInteger() != PairLayout.UnknownId)
        {
            throw new CheckpointException(path, $"has the unk_id {unknown.ReadInteger()}; XLM-RoBERTa's is {PairLayout.UnknownId}");
        }

        if (model.TryGetMember("byte_fallback", out var fallback) && fallback.ReadSwitch())
        {
            throw new CheckpointException(path, "has byte_fallback, which this tokenizer does not do");
        }

        var pieces = tokenizer.Pieces;
        var vocabulary = model.GetMember("vocab");
        var id = 0;
        foreach (var entry in vocabulary.ListItems())
        {
            var piece = entry.GetItem(0).ReadText();
            var isText = id > PairLayout.UnknownId && id < tokenizer.VocabularySize - 1;

            // A text that a special piece has too is known under the special one's number.
            if (isText && !(pieces.TryGetValue(piece, out var number) && (number == id - 1 || number < SpecialPieces)))
            {
                throw new CheckpointException(path, $"has the piece '{piece}' at {id} of its vocab; the SentencePiece model has another there");
            }

            id++;
        }

        if (id < tokenizer.VocabularySize - 1 || id > tokenizer.VocabularySize)
        {
            throw new CheckpointException(path, $"has a vocab of {id} pieces; the SentencePiece model gives {tokenizer.VocabularySize}");
        }
    }

    private static List<JsonElement> ListSteps(JsonElement step, string list)
        => ReadType(step) == "Sequence" ? [.. step.GetMember(list).ListItems().SelectMany(s => ListSteps(s, list))] : [step];

    private static string DescribePart(JsonElement part)
        => (part.TryGetMember("SpecialToken", out var token) ? token : part.GetMember("Sequence")).GetMember("id").ReadText();

    private static string ReadType(JsonElement step) => step.GetMember("type").ReadText();
}
