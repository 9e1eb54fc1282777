using System.Reflection;
using System.Runtime.InteropServices;
using Reranker.Inference.Engines.Cuda.Products;
using Reranker.Inference.Engines.Gpu.Driver;
using Reranker.Inference.Engines.Gpu.Libraries;

namespace Reranker.Inference.Tests.Engines.Gpu.Driver;

public sealed partial class NativeEntryPointsTests
{
    private const string SystemLibrary = "libc.so.6";

    public static TheoryData<Type> Declared => [typeof(CudaEntryPoints), typeof(CublasLtEntryPoints), typeof(TensorRtEntryPoints)];

    /// <summary>A function that needed marshalling would be a managed stub, which nothing looks up ahead.</summary>
    [Theory]
    [MemberData(nameof(Declared))]
    public void Every_function_is_native_itself_so_that_all_are_looked_up(Type declaringType)
    {
        var declared = declaringType.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly);

        Assert.NotEmpty(declared);
        Assert.Equal(declared, NativeEntryPoints.FindAll(declaringType));
    }

    [Fact]
    public void Functions_that_are_there_are_bound()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The library is one of Linux.");

        NativeEntryPoints.ResolveNativeFunctions(typeof(Present));

        Assert.Equal(7, Present.GetMagnitude(-7));
    }

    [Fact]
    public void A_function_that_an_old_library_lacks_is_named_before_anything_is_called()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The library is one of Linux.");

        var error = Assert.Throws<EntryPointNotFoundException>(() => NativeEntryPoints.ResolveNativeFunctions(typeof(Absent)));

        Assert.Contains("of_a_later_release", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_library_that_is_not_installed_is_named()
    {
        var error = Assert.Throws<DllNotFoundException>(() => NativeEntryPoints.ResolveNativeFunctions(typeof(Nowhere)));

        Assert.Contains("libreranker-nowhere.so.1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_machine_without_the_libraries_gets_an_error_and_no_crash()
    {
        string[] libraries = [CudaEntryPoints.Library, TensorRtEntryPoints.Library, "libcublasLt.so.13"];
        Assert.SkipWhen(libraries.Any(NativeLibraries.Instance.TryLoad), "This machine has some of them.");

        Assert.Null(NativeLibraries.Instance.TensorRtVersion);
        Assert.Throws<DllNotFoundException>(() => CublasLt.CreateHandle());
        Assert.Throws<DllNotFoundException>(() => new StreamClock());
        Assert.Equal(0, CudaDriver.Instance.DeviceCount);
        Assert.NotEqual(0, CudaDriver.Instance.SynchronizeDevice(0));
        Assert.Throws<InvalidOperationException>(() => CudaDriver.Instance.CopyToDevice(0, 0, [1]));
    }

    private static partial class Present
    {
        [LibraryImport(SystemLibrary, EntryPoint = "abs")]
        public static partial int GetMagnitude(int value);
    }

    private static partial class Absent
    {
        [LibraryImport(SystemLibrary, EntryPoint = "abs")]
        public static partial int GetMagnitude(int value);

        [LibraryImport(SystemLibrary, EntryPoint = "of_a_later_release")]
        public static partial int Call(int value);
    }

    private static partial class Nowhere
    {
        [LibraryImport("libreranker-nowhere.so.1")]
        public static partial int Call(int value);
    }
}
