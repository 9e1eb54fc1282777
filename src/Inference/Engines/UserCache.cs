namespace Reranker.Inference.Engines;

/// <summary>The user's folder for what can be made again: <c>XDG_CACHE_HOME</c>, else <c>.cache</c> in the home.</summary>
public static class UserCache
{
    private const string Variable = "XDG_CACHE_HOME";

    /// <summary>Where it is; it need not be there yet, and neither need the home.</summary>
    public static string FindFolder() => FindFolder(Environment.GetEnvironmentVariable);

    /// <summary>As <see cref="FindFolder()"/>, with variables of somebody else.</summary>
    /// <param name="read">Reads a variable.</param>
    public static string FindFolder(Func<string, string?> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        return FindFolder(read(Variable), Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify));
    }

    // Always the whole path: a part of one would be another folder after every change of the current one, and has no parent to be asked about.
    internal static string FindFolder(string? cache, string home) => Path.GetFullPath(cache is { Length: > 0 } ? cache : Path.Combine(home, ".cache"));
}
