using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Reranker.Inference.Engines.Gpu.Driver;

/// <summary>
/// The CUDA driver API, loaded when it is first asked something, because most machines have none. It keeps to
/// <c>CUDA_VISIBLE_DEVICES</c> by itself.
/// </summary>
internal sealed unsafe class CudaDriver : ICudaDriver
{
    private const string DriverVersionFile = "/sys/module/nvidia/version";
    private const int NameBytes = 256;
    private const int AttributeMajor = 75;
    private const int AttributeMinor = 76;
    private const int AttributeProcessors = 16;
    private const int AttributeClock = 13;
    private const int NotInitialized = 3;

    private readonly Lazy<Answer> _answer = new(Ask);

    private CudaDriver()
    {
    }

    /// <summary>The driver of this process.</summary>
    public static CudaDriver Instance { get; } = new();

    public string? Problem => _answer.Value.Problem;

    public int CudaVersion => _answer.Value.CudaVersion;

    public int DeviceCount => _answer.Value.DeviceCount;

    public GpuDevice DescribeDevice(int ordinal)
    {
        var device = GetDeviceHandle(ordinal);
        var name = stackalloc byte[NameBytes];
        nuint memory = 0;
        int major = 0, minor = 0;
        CudaErrors.ThrowIfFailed(CudaEntryPoints.GetDeviceName(name, NameBytes, device));
        CudaErrors.ThrowIfFailed(CudaEntryPoints.GetDeviceMemory(&memory, device));
        CudaErrors.ThrowIfFailed(CudaEntryPoints.GetDeviceAttribute(&major, AttributeMajor, device));
        CudaErrors.ThrowIfFailed(CudaEntryPoints.GetDeviceAttribute(&minor, AttributeMinor, device));
        var text = Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name));
        return new GpuDevice(
            ordinal,
            text,
            (10 * major) + minor,
            (long)memory,
            ReadDriverVersion(),
            TryReadAttribute(device, AttributeProcessors),
            TryReadAttribute(device, AttributeClock));
    }

    public long ReadUsedBytes(int ordinal)
    {
        nuint free = 0, total = 0;
        if (EnterContext(ordinal) is not { } context)
        {
            return 0;
        }

        var result = context.Result == 0 ? CudaEntryPoints.GetMemoryInfo(&free, &total) : context.Result;
        LeaveContext(context);
        return result == 0 ? (long)(total - free) : 0;
    }

    public void RetainPrimaryContext(int ordinal)
    {
        nint context = 0;
        CudaErrors.ThrowIfFailed(CudaEntryPoints.RetainPrimaryContext(&context, GetDeviceHandle(ordinal)));
    }

    public int SynchronizeDevice(int ordinal)
    {
        if (EnterContext(ordinal) is not { } context)
        {
            return 0;
        }

        var result = context.Result == 0 ? CudaEntryPoints.SynchronizeContext() : context.Result;
        LeaveContext(context);
        return result;
    }

    public void CopyToDevice(int ordinal, nint device, ReadOnlySpan<byte> host)
    {
        fixed (byte* from = host)
        {
            var context = EnterContext(ordinal);
            var result = context is not { Result: 0 } ? context?.Result ?? NotInitialized : CudaEntryPoints.CopyToDevice(device, from, (nuint)host.Length);
            LeaveContext(context);
            CudaErrors.ThrowIfFailed(result);
        }
    }

    public void CopyFromDevice(int ordinal, nint device, Span<byte> host)
    {
        fixed (byte* to = host)
        {
            var context = EnterContext(ordinal);
            var result = context is not { Result: 0 } ? context?.Result ?? NotInitialized : CudaEntryPoints.CopyFromDevice(to, device, (nuint)host.Length);
            LeaveContext(context);
            CudaErrors.ThrowIfFailed(result);
        }
    }

    // Null where no context is active: there is nothing to ask then, and making one would take memory.
    private EnteredContext? EnterContext(int ordinal)
    {
        var device = 0;
        uint flags = 0;
        var active = 0;
        nint context = 0;
        if ((_answer.Value.IsLoaded ? CudaEntryPoints.GetDevice(&device, ordinal) : NotInitialized) is var found and not 0)
        {
            return new EnteredContext(device, Retained: false, found);
        }

        if (CudaEntryPoints.GetPrimaryContextState(device, &flags, &active) is var state and not 0)
        {
            return new EnteredContext(device, Retained: false, state);
        }

        if (active == 0)
        {
            return null;
        }

        return CudaEntryPoints.RetainPrimaryContext(&context, device) is var retained and not 0
            ? new EnteredContext(device, Retained: false, retained)
            : new EnteredContext(device, Retained: true, CudaEntryPoints.PushContext(context));
    }

    private static void LeaveContext(EnteredContext? maybe)
    {
        if (maybe is not { } entered)
        {
            return;
        }

        nint context = 0;
        if (entered is { Retained: true, Result: 0 })
        {
            _ = CudaEntryPoints.PopContext(&context);
        }

        if (entered.Retained)
        {
            _ = CudaEntryPoints.ReleasePrimaryContext(entered.Device);
        }
    }

    // Only when somebody wants to know: a damaged driver hangs whoever asks it, and engines of processors serve without it.
    private static Answer Ask()
    {
        if (!OperatingSystem.IsLinux())
        {
            return new Answer("the NVIDIA engines run on Linux only");
        }

        if (!NativeLibrary.TryLoad(CudaEntryPoints.Library, out _))
        {
            return new Answer($"there is no NVIDIA driver here ({CudaEntryPoints.Library} was not found)");
        }

        try
        {
            NativeEntryPoints.ResolveNativeFunctions(typeof(CudaEntryPoints));
            return Start();
        }
        catch (EntryPointNotFoundException e)
        {
            return new Answer($"the NVIDIA driver is too old ({e.Message})");
        }
    }

    private static Answer Start()
    {
        if (CudaEntryPoints.Initialize(0) is var result and not 0)
        {
            return new Answer(
                result == 100 ? "the NVIDIA driver sees no GPU" : string.Create(CultureInfo.InvariantCulture, $"the NVIDIA driver does not start (error {result})"),
                IsLoaded: true);
        }

        int cuda = 0, devices = 0;
        return CudaEntryPoints.GetDriverVersion(&cuda) != 0 || CudaEntryPoints.GetDeviceCount(&devices) != 0
            ? new Answer("the NVIDIA driver does not answer", IsLoaded: true)
            : new Answer(devices == 0 ? "the NVIDIA driver shows no GPU to this process" : null, IsLoaded: true, cuda, devices);
    }

    private static int TryReadAttribute(int device, int attribute)
    {
        var value = 0;
        return CudaEntryPoints.GetDeviceAttribute(&value, attribute, device) == 0 ? value : 0;
    }

    private int GetDeviceHandle(int ordinal)
    {
        var device = 0;
        CudaErrors.ThrowIfFailed(_answer.Value.IsLoaded ? CudaEntryPoints.GetDevice(&device, ordinal) : NotInitialized);
        return device;
    }

    private string ReadDriverVersion() => File.Exists(DriverVersionFile)
        ? File.ReadAllText(DriverVersionFile).Trim()
        : string.Create(CultureInfo.InvariantCulture, $"CUDA {CudaVersion / 1000}.{CudaVersion % 1000 / 10}");

    private sealed record Answer(string? Problem, bool IsLoaded = false, int CudaVersion = 0, int DeviceCount = 0);

    private readonly record struct EnteredContext(int Device, bool Retained, int Result);
}
