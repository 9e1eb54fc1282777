using System.Globalization;

namespace Reranker.Inference.Engines;

/// <summary>A list of devices as an operator writes it: <c>0,1</c>. Empty means all.</summary>
public static class DeviceList
{
    /// <summary>What a list must look like, as a clause for an error message.</summary>
    public const string Rule = "must be device numbers from 0 with commas between them, such as 0,1, or empty for all";

    /// <summary>Reads a list; a device may be named twice.</summary>
    /// <returns>False when the text is no such list.</returns>
    public static bool TryParse(string? text, out IReadOnlyList<int> devices)
    {
        devices = [];
        if (string.IsNullOrWhiteSpace(text))
        {
            return true;
        }

        var parts = text.Split(',', StringSplitOptions.TrimEntries);
        var numbers = new int[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            if (!int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i]))
            {
                return false;
            }
        }

        devices = numbers;
        return true;
    }
}
