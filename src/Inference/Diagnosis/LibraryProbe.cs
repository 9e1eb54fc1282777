using System.Globalization;
using System.Runtime.InteropServices;

namespace Reranker.Inference.Diagnosis;

/// <summary>Loads a library that an engine would load, and asks for its version.</summary>
public static unsafe class LibraryProbe
{
    // Each product writes its version in a number of its own way; the parts are apart by these factors.
    private static readonly Dictionary<string, (string Function, bool IsWritten, int Major, int Minor)> Versions = new()
    {
        ["libcudart"] = ("cudaRuntimeGetVersion", true, 1000, 10),
        ["libcublasLt"] = ("cublasLtGetVersion", false, 10_000, 100),
        ["libcurand"] = ("curandGetVersion", true, 1000, 100),
        ["libcudnn"] = ("cudnnGetVersion", false, 10_000, 100),
        ["libnvinfer"] = ("getInferLibVersion", false, 10_000, 100),
    };

    /// <summary>Loads it.</summary>
    /// <param name="file">Its name, for the system's loader.</param>
    public static LibraryAnswer AskLibrary(string file)
    {
        ArgumentNullException.ThrowIfNull(file);
        try
        {
            var handle = NativeLibrary.Load(file);
            return new LibraryAnswer(file, FindPath(file) ?? file, ReadVersion(file, handle), Problem: null);
        }
        catch (DllNotFoundException e)
        {
            return new LibraryAnswer(file, Path: null, Version: null, FindReason(file, e.Message));
        }
        catch (BadImageFormatException e)
        {
            return new LibraryAnswer(file, Path: null, Version: null, FindReason(file, e.Message));
        }
    }

    /// <summary>A version out of a number.</summary>
    internal static string FormatVersion(long number, int major, int minor) => minor == 10
        ? string.Create(CultureInfo.InvariantCulture, $"{number / major}.{number % major / minor}")
        : string.Create(CultureInfo.InvariantCulture, $"{number / major}.{number % major / minor}.{number % minor}");

    // The loader's message names every place where it looked; the one line about the library itself says what is wrong with it.
    internal static string FindReason(string file, string message)
    {
        var lines = message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return lines.FirstOrDefault(l => l.StartsWith(file, StringComparison.Ordinal) && !l.Contains($"{file}: cannot open shared object file", StringComparison.Ordinal))
            ?? lines.FirstOrDefault(l => l.Contains(".so", StringComparison.Ordinal) && l.Contains(": cannot open", StringComparison.Ordinal) && !l.Contains($"{file}: cannot open", StringComparison.Ordinal) && !l.StartsWith('/'))
            ?? "it was not found";
    }

    private static string? ReadVersion(string file, nint handle)
    {
        if (!Versions.TryGetValue(file.Split('.')[0], out var known) || !NativeLibrary.TryGetExport(handle, known.Function, out var function))
        {
            return null;
        }

        var written = 0;
        var number = known.IsWritten
            ? ((delegate* unmanaged<int*, int>)function)(&written) == 0 ? written : 0
            : (long)((delegate* unmanaged<nuint>)function)();
        return number == 0 ? null : FormatVersion(known.IsWritten ? number : number & int.MaxValue, known.Major, known.Minor);
    }

    // The name that was asked for is usually a link to a file with the whole version in its name.
    private static string? FindPath(string file)
    {
        const string Maps = "/proc/self/maps";
        var beginning = file[..(file.IndexOf(".so", StringComparison.Ordinal) + 3)];
        return File.Exists(Maps)
            ? File.ReadLines(Maps).Select(l => l[(l.IndexOf('/', StringComparison.Ordinal) is >= 0 and var at ? at : l.Length)..])
                .FirstOrDefault(path => Path.GetFileName(path).StartsWith(beginning, StringComparison.Ordinal))
            : null;
    }
}
