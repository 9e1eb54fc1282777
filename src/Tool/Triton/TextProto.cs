using System.Globalization;
using System.Text;

namespace Reranker.Tool.Triton;

/// <summary>Writes a message in the text format of Protocol Buffers, field by field.</summary>
internal sealed class TextProto
{
    private const int Indent = 2;

    private readonly StringBuilder _text = new();
    private int _depth;

    /// <summary>A field with a text.</summary>
    public TextProto AddText(string name, string value) => AddLine($"{name}: {Quote(value)}");

    /// <summary>A field with a number.</summary>
    public TextProto AddNumber(string name, long value) => AddLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {value}"));

    /// <summary>A field with a word: a value of an enumeration, or a boolean.</summary>
    public TextProto AddWord(string name, string value) => AddLine($"{name}: {value}");

    /// <summary>A field with a message.</summary>
    public TextProto AddMessage(string name, Action<TextProto> write)
    {
        AddLine($"{name} {{");
        _depth++;
        write(this);
        _depth--;
        return AddLine("}");
    }

    /// <summary>An entry of a map of texts.</summary>
    public TextProto AddEntry(string name, string key, string value) =>
        AddMessage(name, entry => entry.AddText("key", key).AddText("value", value));

    /// <summary>What was written.</summary>
    public override string ToString() => _text.ToString();

    private TextProto AddLine(string line)
    {
        _text.Append(' ', _depth * Indent).Append(line).Append('\n');
        return this;
    }

    // A text is bytes in UTF-8; what is not plain is written as three octal digits a byte.
    private static string Quote(string value)
    {
        var quoted = new StringBuilder("\"");
        foreach (var item in Encoding.UTF8.GetBytes(value))
        {
            _ = item is >= 0x20 and < 0x7F and not ((byte)'"' or (byte)'\\')
                ? quoted.Append((char)item)
                : quoted.Append('\\').Append(Convert.ToString(item, 8).PadLeft(3, '0'));
        }

        return quoted.Append('"').ToString();
    }
}
