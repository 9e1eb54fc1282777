using Reranker.Fuzz.Generation;

namespace Reranker.Fuzz.Mutation;

/// <summary>Values of every type, and some that are no JSON.</summary>
internal static class OddValues
{
    public static readonly string[] Numbers =
    [
        "0", "-0", "-0.0", "1", "-1", "5", "6", "1000", "1001", "100000", "100001", "2147483647", "2147483648", "-2147483648", "-2147483649",
        "4294967296", "9223372036854775807", "9223372036854775808", "18446744073709551616", "99999999999999999999999999999999", "1e400", "-1e400",
        "1e-400", "1e3", "1E+2", "1.5", "3.0", "0.1", "-2", "1e2147483648", "0e0", "511", "512", "513", "\"3\"", "\"-1\"", "\"1e1\"",
        "\" 7 \"", "\"0x10\"", "\"NaN\"", "\"Infinity\"", "\"-Infinity\"", "\"\"", "\"three\"", "\"1e400\"", "\"2147483648\"",
    ];

    private static readonly string[] Others =
    [
        "null", "true", "false", "[]", "{}", "[null]", "[[]]", "[{}]", "[\"a\",\"b\"]", "{\"text\":\"a\"}", "[{\"text\":null}]",
        "[{\"text\":\"a\",\"text\":1}]", "[{\"text\":1,\"text\":\"a\"}]", "[\"\\udfff\"]", "\"\\ud800\"", "\"\\u0000\"", "\"true\"", "\" True \"", "\"yes\"", "\"a\"", "\"left\"", "[1,2]",
        "[true]", "{\"a\":{\"b\":[]}}", "\"\\ud83d\\ude00\"", "2", "\"\\/\"",
    ];

    private static readonly string[] NoJson =
    [
        "NaN", "Infinity", "-", "01", "1.", ".5", "+1", "0x1", "1e", "'a'", "undefined", "True", "nul", "\"\\x41\"", "\"\\u12G4\"", "\"\t\"", "\"a",
        "[1,]", "{\"a\":1,}", "{a:1}", "[1 2]", "// c\n1", "/* c */ 1", "", "\\\"", "[", "}",
    ];

    public static JsonNode Draw(Random random) => random.Next(12) switch
    {
        0 => JsonNode.Raw(random.Pick(NoJson)),
        < 4 => JsonNode.Raw(random.Pick(Numbers)),
        4 => JsonNode.Text(FuzzTexts.Strange(random), random),
        5 => JsonNode.Text(FuzzTexts.Name(random), random),
        _ => JsonNode.Raw(random.Pick(Others)),
    };
}
