using System.Text.Json;

namespace Reranker.Gateway.Json;

/// <summary>
/// A text in parts, as OpenAI's clients send it: <c>[{"type":"text","text":"…"}]</c>. Several are joined by line breaks. A part
/// that is no text is refused by its name, because a score without it would be of something else.
/// </summary>
internal static class ContentParts
{
    // A message never holds a text of the request, so other names than these are not repeated.
    private static readonly string[] KnownTypes =
        ["image_url", "image", "image_embeds", "input_image", "video_url", "video", "audio_url", "input_audio", "audio"];

    /// <summary>The texts of the parts; the reader is on the list's start and then on its end.</summary>
    /// <param name="reader">Where the list is.</param>
    /// <param name="wrong">Why it cannot be scored; null when it can.</param>
    public static List<string> ReadTexts(ref Utf8JsonReader reader, out string? wrong)
    {
        var texts = new List<string>();
        wrong = null;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var text = reader.TokenType switch
            {
                JsonTokenType.String => JsonText.Read(ref reader),
                JsonTokenType.StartObject => ReadPart(ref reader, ref wrong),
                _ => null,
            };
            reader.Skip();
            wrong ??= text is null ? "a string or a list of parts of type 'text'" : null;
            texts.Add(text ?? "");
        }

        wrong ??= texts.Count == 0 ? "a string or a list of parts that is not empty" : null;
        return texts;
    }

    private static string? ReadPart(ref Utf8JsonReader reader, ref string? wrong)
    {
        var (type, text) = ("text", (string?)null);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = JsonText.Read(ref reader);
            reader.Read();
            var value = reader.TokenType == JsonTokenType.String && (name is "type" or "text") ? JsonText.Read(ref reader) : null;
            reader.Skip();
            type = name == "type" ? value ?? "" : type;
            text = name == "text" ? value : text;
        }

        if (type != "text")
        {
            wrong ??= Array.IndexOf(KnownTypes, type) >= 0
                ? $"a string or a list of parts of type 'text'; parts of type '{type}' are not scored"
                : "a string or a list of parts of type 'text'; parts of another type are not scored";
        }

        return text;
    }
}
