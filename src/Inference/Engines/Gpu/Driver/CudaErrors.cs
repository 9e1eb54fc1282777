using System.Globalization;

namespace Reranker.Inference.Engines.Gpu.Driver;

/// <summary>What the numbers mean with which the CUDA driver says no.</summary>
internal static class CudaErrors
{
    /// <summary>
    /// True for an error that every later call in this process gets as well, so that the device is lost to it. Anything else,
    /// too little memory and a refusal during a capture above all, says nothing of the next call.
    /// </summary>
    /// <param name="result">The driver's answer; 0 is none.</param>
    public static bool IsSticky(int result) => result switch
    {
        214 => true, // memory error that cannot be corrected
        220 => true, // error of NVLink that cannot be corrected
        226 => true, // fault that the GPU contained
        700 => true, // illegal address
        702 => true, // a kernel took longer than the system allows
        709 => true, // the context was destroyed
        710 => true, // assertion in a kernel
        >= 714 and <= 719 => true, // stack, instruction, alignment, address space, program counter, launch failure
        721 => true, // tensor memory that a kernel did not give back
        802 => true, // a part of the system that the driver needs does not run
        810 => true, // the server that shares the GPU ended this client
        911 => true, // fault of a device that CUDA waited for
        999 => true, // unknown, as of a GPU that fell off the bus
        _ => false,
    };

    /// <summary>Throws when the driver answered with an error.</summary>
    /// <param name="result">The driver's answer; 0 is none.</param>
    /// <exception cref="InvalidOperationException">It is an error.</exception>
    public static void ThrowIfFailed(int result)
    {
        if (result != 0)
        {
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"The CUDA driver answers with error {result}."));
        }
    }
}
