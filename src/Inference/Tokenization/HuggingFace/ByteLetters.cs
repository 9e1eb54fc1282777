namespace Reranker.Inference.Tokenization.HuggingFace;

/// <summary>How a byte-level vocabulary writes bytes: those that print as their Latin-1 letter, the others in turn from U+0100 on.</summary>
internal static class ByteLetters
{
    private const int FirstOther = 0x100;

    /// <summary>The letter of each byte.</summary>
    public static char[] List()
    {
        var letters = new char[256];
        var others = 0;
        for (var i = 0; i < letters.Length; i++)
        {
            letters[i] = i is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or >= 0xAE ? (char)i : (char)(FirstOther + others++);
        }

        return letters;
    }
}
