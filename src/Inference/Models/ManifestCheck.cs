namespace Reranker.Inference.Models;

/// <summary>
/// What the types of a <see cref="ModelManifest"/> do not say: names, limits, lists and probes that fit each other. It reads
/// the manifest alone, before any file.
/// </summary>
internal static class ManifestCheck
{
    /// <summary>What a manifest says that no import writes, as the end of a sentence about it; null when there is nothing.</summary>
    public static string? FindRefusal(ModelManifest manifest)
        => DescribePart("name", ModelName.FindRefusal(manifest.Name))
            ?? FindWrongList(manifest)
            ?? FindWrongPrecision(manifest.Precision)
            ?? DescribePart("shape", ShapeLimits.FindRefusal(manifest.Shape))
            ?? FindWrongLimit(manifest)
            ?? FindWrongFile("files", manifest.Files)
            ?? FindWrongFile("source", manifest.Source)
            ?? FindWrongGraph(manifest)
            ?? FindWrongProbe(manifest);

    private static string? DescribePart(string part, string? refusal)
        => refusal is null ? null : $"has a {part} that no model can have: it {(part == "shape" ? "says that " : "")}{refusal}";

    // What the first of several says is said twice, and must be the same.
    private static string? FindWrongList(ModelManifest manifest)
    {
        if (manifest.Family is not null != (manifest.Format == ModelManifest.FamilyFormat))
        {
            return $"has format {manifest.Format} and {(manifest.Family is null ? "no family" : "a family")}, which only format {ModelManifest.FamilyFormat} has";
        }

        if (manifest.Format == ModelManifest.FamilyFormat && manifest.Precisions is null)
        {
            return null;
        }

        if (manifest.Format is not (ModelManifest.SeveralPrecisionsFormat or ModelManifest.FamilyFormat))
        {
            return manifest.Precisions is null ? null : $"has format {manifest.Format} and a list of precisions, which only format {ModelManifest.SeveralPrecisionsFormat} has";
        }

        var list = manifest.Precisions ?? [];
        if (list.Count < 2 || list.Any(p => p is null) || list.DistinctBy(p => p.Precision).Count() != list.Count)
        {
            return "lists no two different precisions";
        }

        return list[0].Precision != manifest.Precision || list[0].Identity != manifest.Identity
            ? "says of its first precision one thing in the list and another outside it"
            : list.Select(p => FindRefusal(manifest.SelectPrecision(p) with { Format = manifest.Family is null ? ModelManifest.CurrentFormat : ModelManifest.FamilyFormat })).FirstOrDefault(r => r is not null);
    }

    private static string? FindWrongPrecision(string precision)
        => ModelPrecision.Find(precision) is not null ? null : $"has the precision '{precision}', which this build does not know";

    private static string? FindWrongLimit(ModelManifest manifest)
        => manifest.MaxPairTokens >= PairLayout.MinPairTokens && manifest.MaxPairTokens <= manifest.Shape.MaxPositions
            ? null
            : $"has maxPairTokens {manifest.MaxPairTokens}; this shape takes {PairLayout.MinPairTokens} to {manifest.Shape.MaxPositions}";

    private static string? FindWrongFile(string list, IReadOnlyList<ManifestFile> files)
    {
        var names = new HashSet<string>();
        foreach (var file in files)
        {
            if (file is null || string.IsNullOrEmpty(file.Name) || file.Bytes < 0)
            {
                return $"has an entry in {list} that is no file";
            }

            if (!names.Add(file.Name))
            {
                return $"lists '{file.Name}' twice in {list}";
            }
        }

        return null;
    }

    private static string? FindWrongGraph(ModelManifest manifest)
        => manifest.Graphs.Count > 0 && manifest.Graphs.All(g => !string.IsNullOrEmpty(g.Key) && !string.IsNullOrEmpty(g.Value))
            ? null
            : "has no graphs, or one without a file";

    private static string? FindWrongProbe(ModelManifest manifest)
    {
        for (var i = 0; i < manifest.Probes.Count; i++)
        {
            var probe = manifest.Probes[i];
            if (probe is null
                || probe.Ids.Length == 0
                || probe.Ids.Length > manifest.MaxPairTokens
                || !float.IsFinite(probe.Logit)
                || (probe.Tolerance is { } tolerance && !(tolerance > 0 && float.IsFinite(tolerance)))
                || probe.Ids.Any(id => id < 0 || id >= manifest.Shape.Vocabulary))
            {
                return $"has a probe ({i}) that is no pair of this model with a logit";
            }
        }

        return null;
    }
}
