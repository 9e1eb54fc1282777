namespace Reranker.Client.Drills;

/// <summary>The checkout that the drills were built from.</summary>
internal static class Checkout
{
    /// <summary>Its folder.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Where <c>install-tools</c> has put the clients; a failure where it has not.</summary>
    public static string FindNpmClients()
    {
        var folder = Path.Combine(Root, "artifacts", "tools", "npm-clients");
        Assert.True(Directory.Exists(Path.Combine(folder, "node_modules")), $"{folder} has no node_modules: tests/Client.Drills/install-tools puts them there.");
        return folder;
    }

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Reranker.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The repository is not above the program.");
        }

        return folder;
    }
}
