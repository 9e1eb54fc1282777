using Reranker.Inference.Models;

namespace Reranker.Inference.Tokenization.HuggingFace;

/// <summary>Reads from a tokenizer's file how a pair is put together.</summary>
internal static class PairTemplateReader
{
    private const string FirstText = "A";
    private const string SecondText = "B";

    /// <summary>The template, and whether the two texts are of two segments.</summary>
    /// <param name="root">The file.</param>
    /// <param name="special">The special tokens.</param>
    public static (PairTemplate Template, bool HasTwoSegments) ReadTemplate(TokenizerNode root, IReadOnlyDictionary<string, int> special)
    {
        var steps = root.ListSteps("post_processor", "processors").Where(s => s.Type != "ByteLevel").ToList();
        root.Require(steps.Count == 1, "has no single post_processor that puts pairs together");
        var step = steps[0];
        return step.Type switch
        {
            "TemplateProcessing" => ReadParts(step),
            "BertProcessing" => (new PairTemplate(ReadToken(step, "cls"), [ReadToken(step, "sep")], ReadToken(step, "sep")), true),
            "RobertaProcessing" => (
                new PairTemplate(ReadToken(step, "cls"), [ReadToken(step, "sep"), ReadToken(step, "sep")], ReadToken(step, "sep")), false),
            var type => throw step.Refuse($"puts pairs together by {type}, which this tokenizer does not do"),
        };

        (PairTemplate Template, bool HasTwoSegments) ReadParts(TokenizerNode template)
        {
            var parts = template.ListObjects("pair").Select(p => ReadPart(p, special)).ToList();
            var (first, second) = (parts.FindIndex(p => p.Text == FirstText), parts.FindIndex(p => p.Text == SecondText));
            template.Require(
                first == 1 && second > 2 && second == parts.Count - 2 && parts.Count(p => p.Text is not null) == 2,
                "puts pairs together in another way than one token, the query, tokens, the passage, one token");
            int[] ids = [.. parts.Where(p => p.Text is null).Select(p => p.Id)];
            var behind = parts.Skip(second).Select(p => p.Segment).ToArray();
            template.Require(
                parts.Take(second).All(p => p.Segment == 0) && behind.All(s => s == behind[0]) && behind[0] is 0 or 1,
                "gives the tokens of a pair other segments than 0 up to the passage, and 0 or 1 from there on");
            return (PairTemplate.FromIds(ids), behind[0] == 1);
        }
    }

    private static (string? Text, int Id, int Segment) ReadPart(TokenizerNode part, IReadOnlyDictionary<string, int> special)
    {
        if (part.FindObject("Sequence") is { } text)
        {
            return (text.GetText("id"), 0, text.FindInteger("type_id", 0));
        }

        var token = part.GetObject("SpecialToken");
        var name = token.GetText("id");
        token.Require(special.TryGetValue(name, out var id), $"puts '{name}' into a pair, which is no special token of its");
        return (null, id, token.FindInteger("type_id", 0));
    }

    private static int ReadToken(TokenizerNode step, string role) => step.Element.GetMember(role).GetItem(1).ReadInteger();
}
