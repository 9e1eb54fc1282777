namespace Reranker.Fuzz;

/// <summary>The checkout that the program was built from.</summary>
internal static class Checkout
{
    /// <summary>A path below the checkout's root.</summary>
    /// <exception cref="FileNotFoundException">The program lies in no checkout, or the path is not there.</exception>
    public static string Find(string path)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var found = Path.Combine(folder.FullName, path);
            if (File.Exists(Path.Combine(folder.FullName, "Reranker.sln")) && (File.Exists(found) || Directory.Exists(found)))
            {
                return found;
            }
        }

        throw new FileNotFoundException($"There is no {path} in a checkout above this program; name it.");
    }
}
