using System.Text.Json;
using Reranker.Inference.Models;

namespace Reranker.Inference.Tokenization.HuggingFace;

/// <summary>An object of a tokenizer's file, with the file's name for errors.</summary>
internal readonly struct TokenizerNode(string file, JsonElement element)
{
    /// <summary>The object.</summary>
    public JsonElement Element => element;

    /// <summary>Its <c>type</c>.</summary>
    public string Type => FindText("type") ?? "null";

    /// <summary>Refuses the file.</summary>
    public ModelFolderException Refuse(string reason) => new(file, reason);

    /// <summary>Makes something whose errors name the file.</summary>
    public T ReadWith<T>(Func<string, T> read) => read(file);

    /// <summary>Refuses the file unless a condition holds.</summary>
    public void Require(bool condition, string reason)
    {
        if (!condition)
        {
            throw Refuse(reason);
        }
    }

    /// <summary>An object that must be there.</summary>
    public TokenizerNode GetObject(string name) => FindObject(name) ?? throw Refuse($"has no {name}");

    /// <summary>An object; null where there is none.</summary>
    public TokenizerNode? FindObject(string name)
        => element.TryGetMember(name, out var value)
            ? value.ValueKind == JsonValueKind.Object ? new TokenizerNode(file, value) : throw new JsonKindException(value, "an object")
            : null;

    /// <summary>The objects of a list; none where the list is missing or null.</summary>
    public IEnumerable<TokenizerNode> ListObjects(string name)
    {
        if (!element.TryGetMember(name, out var list))
        {
            return [];
        }

        var path = file;
        return list.ListItems().Select(e => new TokenizerNode(path, e));
    }

    /// <summary>A step, or the steps of a sequence of them; none where it is missing.</summary>
    public IEnumerable<TokenizerNode> ListSteps(string name, string list) => FindObject(name) is { } step ? Flatten(step, list) : [];

    /// <summary>A text; null where it is missing.</summary>
    public string? FindText(string name) => element.FindText(name);

    /// <summary>A text that must be there.</summary>
    public string GetText(string name) => FindText(name) ?? throw Refuse($"has no {name}");

    /// <summary>A number that must be there.</summary>
    public int GetInteger(string name) => element.GetMember(name).ReadInteger();

    /// <summary>A number.</summary>
    public int FindInteger(string name, int missing)
        => element.TryGetMember(name, out var value) ? value.ReadInteger() : missing;

    /// <summary>A switch; null where it is missing.</summary>
    public bool? FindSwitch(string name)
        => element.TryGetMember(name, out var value) ? value.ReadSwitch() : null;

    /// <summary>True for a switch that is on.</summary>
    public bool IsTrue(string name) => FindSwitch(name) == true;

    private static IEnumerable<TokenizerNode> Flatten(TokenizerNode step, string list)
        => step.Type == "Sequence" ? step.ListObjects(list).SelectMany(s => Flatten(s, list)) : [step];
}
