using Microsoft.Playwright;

namespace Reranker.Browser.Drills;

/// <summary>How wide a window is, and which colours its system has.</summary>
internal sealed record Look(int Width, ColorScheme Scheme)
{
    public static readonly Look Usual = new(1280, ColorScheme.Light);

    private static readonly Dictionary<string, Look> Names = new()
    {
        ["light"] = Usual,
        ["dark"] = new(1280, ColorScheme.Dark),
        ["narrow"] = new(360, ColorScheme.Light),
        ["narrow-dark"] = new(360, ColorScheme.Dark),
    };

    public static IEnumerable<string> AllNames => Names.Keys;

    public static Look FromName(string name) => Names[name];
}
