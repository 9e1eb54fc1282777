using System.Globalization;

namespace Reranker.Fuzz.Running;

/// <summary>Leaves what repeats a failure.</summary>
internal static class FailureReport
{
    private const int MostOfAKind = 3;

    /// <summary>Writes the bytes of every failure to a file of its own, and returns lines that sum them up.</summary>
    public static IEnumerable<string> Write(IReadOnlyCollection<FuzzFailure> failures, int seed, DirectoryInfo folder)
    {
        if (failures.Count > 0)
        {
            folder.Create();
        }

        foreach (var failure in failures)
        {
            var name = Path.Combine(folder.FullName, string.Create(CultureInfo.InvariantCulture, $"seed{seed}-case{failure.Case}"));
            File.WriteAllBytes($"{name}.request", failure.Request);
            File.WriteAllText($"{name}.txt", $"{failure.Fault}\nmutations: {failure.Mutations}\nrepeat: --seed {seed} --case {failure.Case}\n\n{failure.Reply}\n");
        }

        return failures
            .GroupBy(static failure => failure.Fault)
            .OrderByDescending(static group => group.Count())
            .Select(group => $"{group.Count(),6} x {group.Key} e.g. " + string.Join(", ", group.Take(MostOfAKind).Select(f => $"--seed {seed} --case {f.Case} ({f.Mutations})")));
    }
}
