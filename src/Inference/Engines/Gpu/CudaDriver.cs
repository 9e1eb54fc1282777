using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Reranker.Inference.Engines.Gpu;

/// <summary>
/// The CUDA driver API, loaded by name when first asked, because most machines have none. It keeps to
/// <c>CUDA_VISIBLE_DEVICES</c> by itself.
/// </summary>
internal sealed unsafe class CudaDriver : ICudaDriver
{
    private const string Library = "libcuda.so.1";
    private const string DriverVersionFile = "/sys/module/nvidia/version";
    private const int NameBytes = 256;
    private const int AttributeMajor = 75;
    private const int AttributeMinor = 76;
    private const int NotInitialized = 3;

    private static readonly Lazy<CudaDriver> Shared = new(() => new CudaDriver());

    private readonly delegate* unmanaged<int*, int, int> _deviceGet;
    private readonly delegate* unmanaged<byte*, int, int, int> _deviceGetName;
    private readonly delegate* unmanaged<nuint*, int, int> _deviceTotalMemory;
    private readonly delegate* unmanaged<int*, int, int, int> _deviceGetAttribute;
    private readonly delegate* unmanaged<int, uint*, int*, int> _primaryContextState;
    private readonly delegate* unmanaged<nint*, int, int> _primaryContextRetain;
    private readonly delegate* unmanaged<int, int> _primaryContextRelease;
    private readonly delegate* unmanaged<nint, int> _contextPush;
    private readonly delegate* unmanaged<nint*, int> _contextPop;
    private readonly delegate* unmanaged<int> _contextSynchronize;
    private readonly delegate* unmanaged<nuint*, nuint*, int> _memoryInfo;
    private readonly delegate* unmanaged<nint, void*, nuint, int> _copyToDevice;
    private readonly delegate* unmanaged<void*, nint, nuint, int> _copyFromDevice;

    private CudaDriver()
    {
        if (!OperatingSystem.IsLinux())
        {
            Problem = "the NVIDIA engines run on Linux only";
            return;
        }

        if (!NativeLibrary.TryLoad(Library, out var library))
        {
            Problem = $"there is no NVIDIA driver here ({Library} was not found)";
            return;
        }

        try
        {
            var initialize = (delegate* unmanaged<uint, int>)NativeLibrary.GetExport(library, "cuInit");
            var version = (delegate* unmanaged<int*, int>)NativeLibrary.GetExport(library, "cuDriverGetVersion");
            var count = (delegate* unmanaged<int*, int>)NativeLibrary.GetExport(library, "cuDeviceGetCount");
            _deviceGet = (delegate* unmanaged<int*, int, int>)NativeLibrary.GetExport(library, "cuDeviceGet");
            _deviceGetName = (delegate* unmanaged<byte*, int, int, int>)NativeLibrary.GetExport(library, "cuDeviceGetName");
            _deviceTotalMemory = (delegate* unmanaged<nuint*, int, int>)NativeLibrary.GetExport(library, "cuDeviceTotalMem_v2");
            _deviceGetAttribute = (delegate* unmanaged<int*, int, int, int>)NativeLibrary.GetExport(library, "cuDeviceGetAttribute");
            _primaryContextState = (delegate* unmanaged<int, uint*, int*, int>)NativeLibrary.GetExport(library, "cuDevicePrimaryCtxGetState");
            _primaryContextRetain = (delegate* unmanaged<nint*, int, int>)NativeLibrary.GetExport(library, "cuDevicePrimaryCtxRetain");
            _primaryContextRelease = (delegate* unmanaged<int, int>)NativeLibrary.GetExport(library, "cuDevicePrimaryCtxRelease_v2");
            _contextPush = (delegate* unmanaged<nint, int>)NativeLibrary.GetExport(library, "cuCtxPushCurrent_v2");
            _contextPop = (delegate* unmanaged<nint*, int>)NativeLibrary.GetExport(library, "cuCtxPopCurrent_v2");
            _contextSynchronize = (delegate* unmanaged<int>)NativeLibrary.GetExport(library, "cuCtxSynchronize");
            _memoryInfo = (delegate* unmanaged<nuint*, nuint*, int>)NativeLibrary.GetExport(library, "cuMemGetInfo_v2");
            _copyToDevice = (delegate* unmanaged<nint, void*, nuint, int>)NativeLibrary.GetExport(library, "cuMemcpyHtoD_v2");
            _copyFromDevice = (delegate* unmanaged<void*, nint, nuint, int>)NativeLibrary.GetExport(library, "cuMemcpyDtoH_v2");
            Problem = Initialize(initialize, version, count);
        }
        catch (EntryPointNotFoundException e)
        {
            Problem = $"the NVIDIA driver is too old ({e.Message})";
        }
    }

    /// <summary>The driver of this process.</summary>
    public static CudaDriver Instance => Shared.Value;

    public string? Problem { get; }

    public int CudaVersion { get; private set; }

    public int DeviceCount { get; private set; }

    public GpuDevice Device(int ordinal)
    {
        var device = Handle(ordinal);
        var name = stackalloc byte[NameBytes];
        nuint memory = 0;
        int major = 0, minor = 0;
        Require(_deviceGetName(name, NameBytes, device));
        Require(_deviceTotalMemory(&memory, device));
        Require(_deviceGetAttribute(&major, AttributeMajor, device));
        Require(_deviceGetAttribute(&minor, AttributeMinor, device));
        var text = Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name));
        return new GpuDevice(ordinal, text, (10 * major) + minor, (long)memory, DriverVersion());
    }

    public long UsedBytes(int ordinal)
    {
        nuint free = 0, total = 0;
        if (Enter(ordinal) is not { } context)
        {
            return 0;
        }

        var result = context.Result == 0 ? _memoryInfo(&free, &total) : context.Result;
        Leave(context);
        return result == 0 ? (long)(total - free) : 0;
    }

    public void KeepContext(int ordinal)
    {
        nint context = 0;
        Require(_primaryContextRetain(&context, Handle(ordinal)));
    }

    public int Synchronize(int ordinal)
    {
        if (Enter(ordinal) is not { } context)
        {
            return 0;
        }

        var result = context.Result == 0 ? _contextSynchronize() : context.Result;
        Leave(context);
        return result;
    }

    public void CopyToDevice(int ordinal, nint device, ReadOnlySpan<byte> host)
    {
        fixed (byte* from = host)
        {
            var context = Enter(ordinal);
            var result = context is not { Result: 0 } ? context?.Result ?? NotInitialized : _copyToDevice(device, from, (nuint)host.Length);
            Leave(context);
            Require(result);
        }
    }

    public void CopyFromDevice(int ordinal, nint device, Span<byte> host)
    {
        fixed (byte* to = host)
        {
            var context = Enter(ordinal);
            var result = context is not { Result: 0 } ? context?.Result ?? NotInitialized : _copyFromDevice(to, device, (nuint)host.Length);
            Leave(context);
            Require(result);
        }
    }

    // Null where no context is active: there is nothing to ask then, and making one would take memory.
    private Entered? Enter(int ordinal)
    {
        var device = 0;
        uint flags = 0;
        var active = 0;
        nint context = 0;
        if ((_deviceGet == null ? NotInitialized : _deviceGet(&device, ordinal)) is var found and not 0)
        {
            return new Entered(device, Retained: false, found);
        }

        if (_primaryContextState(device, &flags, &active) is var state and not 0)
        {
            return new Entered(device, Retained: false, state);
        }

        if (active == 0)
        {
            return null;
        }

        return _primaryContextRetain(&context, device) is var retained and not 0
            ? new Entered(device, Retained: false, retained)
            : new Entered(device, Retained: true, _contextPush(context));
    }

    private void Leave(Entered? maybe)
    {
        if (maybe is not { } entered)
        {
            return;
        }

        nint context = 0;
        if (entered is { Retained: true, Result: 0 })
        {
            _contextPop(&context);
        }

        if (entered.Retained)
        {
            _primaryContextRelease(entered.Device);
        }
    }

    private string? Initialize(
        delegate* unmanaged<uint, int> initialize, delegate* unmanaged<int*, int> version, delegate* unmanaged<int*, int> count)
    {
        if (initialize(0) is var result and not 0)
        {
            return result == 100
                ? "the NVIDIA driver sees no GPU"
                : string.Create(CultureInfo.InvariantCulture, $"the NVIDIA driver does not start (error {result})");
        }

        int cuda = 0, devices = 0;
        if (version(&cuda) != 0 || count(&devices) != 0)
        {
            return "the NVIDIA driver does not answer";
        }

        (CudaVersion, DeviceCount) = (cuda, devices);
        return devices == 0 ? "the NVIDIA driver shows no GPU to this process" : null;
    }

    private int Handle(int ordinal)
    {
        var device = 0;
        Require(_deviceGet == null ? NotInitialized : _deviceGet(&device, ordinal));
        return device;
    }

    private string DriverVersion() => File.Exists(DriverVersionFile)
        ? File.ReadAllText(DriverVersionFile).Trim()
        : string.Create(CultureInfo.InvariantCulture, $"CUDA {CudaVersion / 1000}.{CudaVersion % 1000 / 10}");

    private static void Require(int result)
    {
        if (result != 0)
        {
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"The CUDA driver answers with error {result}."));
        }
    }

    private readonly record struct Entered(int Device, bool Retained, int Result);
}
