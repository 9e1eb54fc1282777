using System.Reflection;
using System.Runtime.InteropServices;

namespace Reranker.Inference.Engines.Gpu.Driver;

/// <summary>
/// Binds the native functions that a class of this assembly declares with <see cref="LibraryImportAttribute"/>. Left alone, a
/// function is looked up at its first call; most machines lack these libraries, and that must be known before work depends on it.
/// </summary>
internal static class NativeEntryPoints
{
    // The system's loader alone, by the exact name: a library that lies beside the program is not the one of the driver.
    static NativeEntryPoints()
        => NativeLibrary.SetDllImportResolver(typeof(NativeEntryPoints).Assembly, static (library, _, _) => NativeLibrary.Load(library));

    /// <summary>Looks up every native function that the class declares.</summary>
    /// <exception cref="DllNotFoundException">Their library is not installed.</exception>
    /// <exception cref="EntryPointNotFoundException">The library that is installed lacks one of them.</exception>
    public static void ResolveNativeFunctions(Type declaringType)
    {
        foreach (var function in FindAll(declaringType))
        {
            Marshal.Prelink(function);
        }
    }

    /// <summary>The native functions that the class declares.</summary>
    internal static IEnumerable<MethodInfo> FindAll(Type declaringType)
        => declaringType.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
            .Where(m => m.Attributes.HasFlag(MethodAttributes.PinvokeImpl));
}
