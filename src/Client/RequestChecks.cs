namespace Reranker.Client;

/// <summary>The limits of the wire, checked before anything is sent: a message above them would tear down connections.</summary>
internal static class RequestChecks
{
    /// <summary>What is wrong with the request, or null.</summary>
    public static string? FirstProblem(string query, IReadOnlyList<string> passages, TimeSpan deadline, out long passageCharacters)
    {
        passageCharacters = 0;
        if (string.IsNullOrWhiteSpace(query))
        {
            return "The query is empty or only white space.";
        }

        if (passages.Count == 0)
        {
            return "There are no passages.";
        }

        if (passages.Count > Limits.MaxPassages)
        {
            return $"There are {passages.Count} passages; at most {Limits.MaxPassages} are allowed.";
        }

        if (deadline <= TimeSpan.Zero || deadline > Limits.MaxDeadline)
        {
            return $"The deadline must be positive and at most {Limits.MaxDeadline.TotalSeconds:0} s.";
        }

        for (var i = 0; i < passages.Count; i++)
        {
            if (passages[i] is not { } passage)
            {
                return $"Passage {i} is null.";
            }

            passageCharacters += passage.Length;
        }

        return passageCharacters + query.Length > Limits.MaxRequestCharacters
            ? $"The texts have {passageCharacters + query.Length} characters together; at most {Limits.MaxRequestCharacters} are allowed."
            : null;
    }
}
