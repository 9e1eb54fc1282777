using System.Text;

namespace Reranker.Fuzz.Requests;

/// <summary>A header of a request; its value may be any bytes.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value as it is sent.</param>
internal sealed record Field(string Name, byte[] Value)
{
    public Field(string name, string value)
        : this(name, Encoding.UTF8.GetBytes(value))
    {
    }

    /// <summary>The value without the white space around it; null where it is not plain ASCII.</summary>
    public string? Text => Ascii.IsValid(Value) ? Encoding.ASCII.GetString(Value).Trim(' ', '\t') : null;

    public bool Is(string name) => Name.Equals(name, StringComparison.OrdinalIgnoreCase);
}
