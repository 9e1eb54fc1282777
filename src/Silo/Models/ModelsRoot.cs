using Reranker.Inference.Models;

namespace Reranker.Silo.Models;

/// <summary>
/// The folder below which models may be loaded at run time. Nothing outside it is opened or looked at, whatever a request
/// names and whatever a link in the folder points to, and refusals are the same whether something is there or not.
/// </summary>
internal sealed class ModelsRoot(string? root)
{
    private const int MaxLinks = 40;
    private const string Outside = "is not below the folder that this silo loads models from (Reranker:ModelsRoot)";

    /// <summary>The real path of a model's folder; a relative one counts from the root.</summary>
    /// <exception cref="ModelFolderException">There is no root, or the folder or a file in it is outside.</exception>
    public string ResolveFolder(string folder)
    {
        if (string.IsNullOrEmpty(root))
        {
            throw new ModelFolderException(folder, "this silo loads no models at run time, because it has no Reranker:ModelsRoot");
        }

        try
        {
            var real = ResolveLinks(Path.GetFullPath(root));
            var resolved = ResolveBelow(real, folder, folder);
            if (Directory.Exists(resolved))
            {
                foreach (var entry in new DirectoryInfo(resolved).EnumerateFileSystemInfos().Where(e => e.LinkTarget is not null))
                {
                    ResolveBelow(real, entry.FullName, folder);
                }
            }

            return resolved;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The message of the exception names paths.
            throw new ModelFolderException(folder, "cannot be read");
        }
    }

    // Component by component, as the system would, and never a step outside.
    private string ResolveBelow(string real, string path, string named)
    {
        var current = real;
        var left = new Stack<string>();
        PushSteps(left, FindBelow(real, path) ?? throw new ModelFolderException(named, Outside));
        for (var links = 0; left.TryPop(out var step);)
        {
            if (step == "..")
            {
                current = current == real ? throw new ModelFolderException(named, Outside) : Path.GetDirectoryName(current)!;
                continue;
            }

            var next = Path.Combine(current, step);
            if (FindLinkTarget(next) is not { } target)
            {
                current = next;
                continue;
            }

            if (++links > MaxLinks)
            {
                throw new ModelFolderException(named, "goes through too many links");
            }

            if (Path.IsPathRooted(target))
            {
                current = real;
                target = FindBelow(real, target) ?? throw new ModelFolderException(named, Outside);
            }

            PushSteps(left, target);
        }

        return current;
    }

    // What is left of a path below the root, under either of the root's names; null when it is not below.
    private string? FindBelow(string real, string text)
    {
        if (text.Contains('\0', StringComparison.Ordinal))
        {
            return null;
        }

        if (!Path.IsPathRooted(text))
        {
            return text;
        }

        foreach (var top in (string[])[Path.TrimEndingDirectorySeparator(Path.GetFullPath(root!)), real])
        {
            if (text.StartsWith(top, StringComparison.Ordinal)
                && (text.Length == top.Length || top.EndsWith(Path.DirectorySeparatorChar) || text[top.Length] == Path.DirectorySeparatorChar))
            {
                return text[top.Length..];
            }
        }

        return null;
    }

    private static void PushSteps(Stack<string> left, string path)
    {
        var steps = path.Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries);
        foreach (var step in steps.Reverse().Where(s => s != "."))
        {
            left.Push(step);
        }
    }

    private static string ResolveLinks(string path)
    {
        var real = Path.GetPathRoot(path)!;
        var left = new Stack<string>();
        PushSteps(left, path[real.Length..]);
        for (var links = 0; left.TryPop(out var step);)
        {
            if (step == "..")
            {
                real = Path.GetDirectoryName(real) ?? real;
                continue;
            }

            var next = Path.Combine(real, step);
            if (FindLinkTarget(next) is not { } target)
            {
                real = next;
                continue;
            }

            if (++links > MaxLinks)
            {
                throw new IOException("too many links");
            }

            real = Path.IsPathRooted(target) ? Path.GetPathRoot(target)! : real;
            PushSteps(left, Path.IsPathRooted(target) ? target[real.Length..] : target);
        }

        return real;
    }

    private static string? FindLinkTarget(string path) => new FileInfo(path).LinkTarget;
}
