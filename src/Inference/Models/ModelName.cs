namespace Reranker.Inference.Models;

/// <summary>Which names a model may have: those that a request can mean nothing else by.</summary>
public static class ModelName
{
    /// <summary>Longest name.</summary>
    public const int MaxLength = 200;

    private const int IdentityLength = 64;

    /// <summary>Why a name cannot be a model's, as the end of a sentence; null when it can.</summary>
    public static string? FindRefusal(string? name)
    {
        if (string.IsNullOrWhiteSpace(name))
        {
            return "is empty";
        }

        if (name.Length > MaxLength)
        {
            return $"is longer than {MaxLength} characters";
        }

        if (char.IsWhiteSpace(name[0]) || char.IsWhiteSpace(name[^1]) || name.Any(c => char.IsControl(c) || c == '\uFFFD'))
        {
            return "has white space around it, or a character that is none";
        }

        return name switch
        {
            // What the gateway's aliases and known clients say for "any" and for "none".
            "*" or "default/not-specified" => "is reserved: it stands for no particular model",
            _ when name.All(char.IsAsciiDigit) => "is reserved: a number is a place in the list Reranker:Models",
            { Length: IdentityLength } when name.All(char.IsAsciiHexDigit) => "is reserved: it looks like an identity",
            _ => null,
        };
    }
}
