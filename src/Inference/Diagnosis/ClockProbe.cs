using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Reranker.Inference.Diagnosis;

/// <summary>Asks Linux whether anything keeps its clock right.</summary>
public static unsafe partial class ClockProbe
{
    // Larger than the kernel's struct timex on 64-bit machines, whose beginning is read: modes, offset, frequency, largest error,
    // estimated error and status, eight bytes each.
    private const int StructBytes = 512;
    private const int MaxErrorPlace = 24;
    private const int StatusPlace = 40;
    private const int Unsynchronized = 0x40;

    /// <summary>Asks it.</summary>
    /// <exception cref="PlatformNotSupportedException">This is no Linux.</exception>
    /// <exception cref="InvalidOperationException">The kernel refuses.</exception>
    public static ClockAnswer AskClock()
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new PlatformNotSupportedException("the clock is asked on Linux only");
        }

        var timex = stackalloc byte[StructBytes];
        new Span<byte>(timex, StructBytes).Clear();
        if (AdjustTime(timex) < 0)
        {
            throw new InvalidOperationException($"the kernel does not say how its clock is kept (error {Marshal.GetLastPInvokeError()})");
        }

        var answer = new ReadOnlySpan<byte>(timex, StructBytes);
        var status = BinaryPrimitives.ReadInt32LittleEndian(answer[StatusPlace..]);
        return new ClockAnswer((status & Unsynchronized) == 0, BinaryPrimitives.ReadInt64LittleEndian(answer[MaxErrorPlace..]) / 1000d);
    }

    // With no mode set it changes nothing.
    [LibraryImport("libc.so.6", EntryPoint = "adjtimex", SetLastError = true)]
    private static partial int AdjustTime(byte* timex);
}
