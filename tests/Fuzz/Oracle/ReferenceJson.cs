using System.Text;

namespace Reranker.Fuzz.Oracle;

/// <summary>
/// A strict reader of RFC 8259, written for being right and not for being fast. It shares nothing with the gateway's own, so that
/// a mistake of either is seen. Lone surrogates become U+FFFD, as docs/http.md says.
/// </summary>
internal sealed class ReferenceJson
{
    private const int MaxDepth = 64;
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private readonly string _text;
    private int _at;

    private ReferenceJson(string text) => _text = text;

    private char Next => _at < _text.Length ? _text[_at] : throw new FormatException("The text ends too early.");

    /// <summary>Reads one value and nothing behind it.</summary>
    /// <exception cref="FormatException">It is no JSON, no UTF-8, or nested deeper than 64.</exception>
    public static JsonValue Parse(ReadOnlySpan<byte> utf8)
    {
        string text;
        try
        {
            text = Strict.GetString(utf8);
        }
        catch (ArgumentException e)
        {
            throw new FormatException("The text is no UTF-8.", e);
        }

        var reader = new ReferenceJson(text);
        reader.Space();
        var value = reader.Value(0);
        reader.Space();
        return reader._at == text.Length ? value : throw reader.Wrong("something behind the value");
    }

    private JsonValue Value(int depth) => Next switch
    {
        '{' => Object(depth + 1),
        '[' => List(depth + 1),
        '"' => new JsonValue(JsonKind.Text, Text()),
        'n' => Word("null", JsonKind.Null),
        't' => Word("true", JsonKind.Boolean),
        'f' => Word("false", JsonKind.Boolean),
        _ => Number(),
    };

    private JsonValue Object(int depth)
    {
        Enter(depth);
        var fields = new List<(string, JsonValue)>();
        if (!Ends('}'))
        {
            do
            {
                Space();
                var name = Text();
                Space();
                Take(':');
                Space();
                fields.Add((name, Value(depth)));
            }
            while (Continues('}'));
        }

        return new JsonValue(JsonKind.Object, "", [], fields);
    }

    private JsonValue List(int depth)
    {
        Enter(depth);
        var items = new List<JsonValue>();
        if (!Ends(']'))
        {
            do
            {
                Space();
                items.Add(Value(depth));
            }
            while (Continues(']'));
        }

        return new JsonValue(JsonKind.List, "", items, []);
    }

    private void Enter(int depth)
    {
        _at++;
        if (depth > MaxDepth)
        {
            throw Wrong("too deep a nesting");
        }
    }

    private bool Ends(char end)
    {
        Space();
        var ends = Next == end;
        _at += ends ? 1 : 0;
        return ends;
    }

    private bool Continues(char end)
    {
        Space();
        var next = Next;
        _at++;
        if (next != ',' && next != end)
        {
            throw Wrong("no comma and no end");
        }

        return next == ',';
    }

    private string Text()
    {
        Take('"');
        var text = new StringBuilder();
        while (Next != '"')
        {
            var c = _text[_at++];
            if (c < ' ')
            {
                throw Wrong("a control character in a string");
            }

            text.Append(c == '\\' ? Escaped() : c);
        }

        _at++;
        for (var i = 0; i < text.Length; i++)
        {
            var isPair = char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]);
            text[i] = char.IsSurrogate(text[i]) && !isPair ? '\uFFFD' : text[i];
            i += isPair ? 1 : 0;
        }

        return text.ToString();
    }

    private char Escaped()
    {
        var letter = Next;
        _at++;
        var simple = "\"\\/bfnrt".IndexOf(letter);
        if (simple >= 0)
        {
            return "\"\\/\b\f\n\r\t"[simple];
        }

        var unit = 0;
        for (var i = 0; i < 4 && letter == 'u'; i++)
        {
            unit = (unit * 16) + (char.IsAsciiHexDigit(Next) ? Convert.ToInt32(Next.ToString(), 16) : throw Wrong("an escape that is none"));
            _at++;
        }

        return letter == 'u' ? (char)unit : throw Wrong("an escape that is none");
    }

    private JsonValue Word(string word, JsonKind kind)
    {
        foreach (var letter in word)
        {
            Take(letter);
        }

        return new JsonValue(kind, word);
    }

    private JsonValue Number()
    {
        var start = _at;
        _at += Next == '-' ? 1 : 0;
        var first = Next;
        Digits();
        if (first == '0' && _at - start > (_text[start] == '-' ? 2 : 1))
        {
            throw Wrong("a number with a zero before it");
        }

        if (_at < _text.Length && _text[_at] == '.')
        {
            _at++;
            Digits();
        }

        if (_at < _text.Length && (_text[_at] is 'e' or 'E'))
        {
            _at++;
            _at += Next is '+' or '-' ? 1 : 0;
            Digits();
        }

        return new JsonValue(JsonKind.Number, _text[start.._at]);
    }

    private void Digits()
    {
        if (!char.IsAsciiDigit(Next))
        {
            throw Wrong("no digit");
        }

        while (_at < _text.Length && char.IsAsciiDigit(_text[_at]))
        {
            _at++;
        }
    }

    private void Take(char wanted)
    {
        if (Next != wanted)
        {
            throw Wrong($"no '{wanted}'");
        }

        _at++;
    }

    private void Space()
    {
        while (_at < _text.Length && (_text[_at] is ' ' or '\t' or '\r' or '\n'))
        {
            _at++;
        }
    }

    private FormatException Wrong(string what) => new($"There is {what} at {_at}.");
}
