using Reranker.Inference.Tokenization.Sentences;

namespace Reranker.Inference.Tests.Tokenization;

/// <summary>Where sentences part: | in these texts.</summary>
public sealed class SentenceBreaksTests
{
    [Theory]
    [InlineData("One ends.| Two begins!| Three?| \"Four.\"| Five")]
    [InlineData("It rains (again).| He said “go.”| Then…| Silence")]
    [InlineData("Dr. Who met J. Smith of No. 10 at 5 p.m. on Fig. 3.| He left")]
    [InlineData("see e.g. Berlin, z.B. Hamburg, U.S. Army, and so on.| End")]
    [InlineData("costs 3.14 or v1.2.3 at a.b.example.| Next")]
    [InlineData("Yahoo! is a name. and a small letter goes on")]
    [InlineData("1. First item\n2. Second item")]
    [InlineData("A heading\n\n|The text")]
    [InlineData("a line\nwrapped by hand")]
    [InlineData("in 1999.| The year 2000.| 12 months")]
    [InlineData("Дом.| Улица и т.д. Конец?| Да")]
    [InlineData("これは文です。|次の文です！|「引用です。」|終わり")]
    [InlineData("他走了吗?|我不知道。|好")]
    [InlineData("यह वाक्य है।| दूसरा वाक्य॥| तीसरा")]
    [InlineData("هل هذا سؤال؟| نعم")]
    [InlineData("یہ جملہ ہے۔| دوسرا")]
    [InlineData("Սա է։| Երկրորդ")]
    [InlineData("ሰላም።| ሁለተኛ")]
    [InlineData("ประโยคไทยไม่มีจุด ต่อไป")]
    [InlineData("...|")]
    [InlineData("   ")]
    [InlineData("!!!???")]
    public void Sentences_part_where_a_reader_would_part_them(string marked)
    {
        var text = marked.Replace("|", "", StringComparison.Ordinal);
        var expected = new List<int>();
        for (var (i, at) = (0, 0); i < marked.Length; i++)
        {
            if (marked[i] == '|')
            {
                // The mark stands before the white space, or behind the line breaks of a paragraph.
                var place = at;
                while (place > 0 && char.IsWhiteSpace(text[place - 1]))
                {
                    place--;
                }

                expected.Add(place);
            }
            else
            {
                at++;
            }
        }

        expected.RemoveAll(place => place == text.Length);
        Assert.Equal(expected, Enumerable.Range(0, text.Length).Where(place => SentenceBreaks.IsBreak(text, place)));
    }

    [Fact]
    public void The_next_and_the_last_place_with_white_space_are_found()
    {
        const string Text = "One.Two. Three! Four";

        Assert.Equal((8, 15, Text.Length), (SentenceBreaks.FindSpacedEnd(Text, 0), SentenceBreaks.FindSpacedEnd(Text, 8), SentenceBreaks.FindSpacedEnd(Text, 15)));
        Assert.Equal((15, 8, 0), (SentenceBreaks.FindSpacedStart(Text, Text.Length), SentenceBreaks.FindSpacedStart(Text, 15), SentenceBreaks.FindSpacedStart(Text, 8)));
    }
}
