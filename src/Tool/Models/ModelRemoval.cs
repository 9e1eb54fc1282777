using Reranker.Tool.Input;

namespace Reranker.Tool.Models;

/// <summary>Removes models from the caches: what was imported for this machine, and what was fetched of the hub.</summary>
internal static class ModelRemoval
{
    /// <summary>What a name means of a list.</summary>
    /// <param name="all">The models of this machine.</param>
    /// <param name="name">A model's name, an alias, or the path of its folder.</param>
    /// <exception cref="InputException">Nothing of that name may be removed.</exception>
    public static IReadOnlyList<LocalModelEntry> Find(IReadOnlyList<LocalModelEntry> all, string name)
    {
        var repository = ModelNaming.FindHubModel(name)?.Repository ?? name;
        var path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(name));
        LocalModelEntry[] found = [.. all.Where(m => m.Folder == path || string.Equals(m.Name, repository, StringComparison.OrdinalIgnoreCase))];
        return found switch
        {
            [] => throw new InputException($"no model here is called '{name}': 'reranker models' lists all"),
            _ when !found.Any(m => m.IsRemovable) => throw new InputException(
                $"'{name}' is in no cache: {found[0].Folder} is for you to remove"),
            _ when found.FirstOrDefault(m => m.IsInUse) is { } used => throw new InputException(
                $"{used.Name} is in use: a process serves it or fetches it ({used.Folder})"),
            _ => [.. found.Where(m => m.IsRemovable)],
        };
    }

    /// <summary>Removes a model. Its folder disappears as a whole first, so that nothing is left that looks like a model.</summary>
    /// <exception cref="InputException">Somebody has begun to use it.</exception>
    public static void Remove(LocalModelEntry model)
    {
        using var taken = model.Kind == LocalModelKind.Imported
            ? ImportedModels.TakeForRemoval(model.Folder) ?? throw new InputException($"{model.Name} is in use ({model.Folder})")
            : null;
        var aside = Path.Combine(Path.GetDirectoryName(model.Folder)!, $".removing-{Guid.NewGuid():N}");
        Directory.Move(model.Folder, aside);
        Directory.Delete(aside, recursive: true);
    }
}
