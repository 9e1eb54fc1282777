using Reranker.Inference.Engines.Gpu.Driver;

namespace Reranker.Inference.Engines.Gpu;

/// <summary>Memory of a GPU, as its driver counts it: that of every program.</summary>
public sealed class GpuMemory
{
    private readonly ICudaDriver _driver;
    private readonly int _ordinal;

    private GpuMemory(ICudaDriver driver, int ordinal) => (_driver, _ordinal) = (driver, ordinal);

    /// <summary>
    /// The memory of a GPU, of which this process has a context from then on, so that what the context takes is told from what
    /// a model takes; null where the driver shows no GPU.
    /// </summary>
    public static GpuMemory? Open(int ordinal)
    {
        var driver = CudaDriver.Instance;
        if (driver.Problem is not null)
        {
            return null;
        }

        driver.RetainPrimaryContext(ordinal);
        return new GpuMemory(driver, ordinal);
    }

    /// <summary>Bytes in use; 0 when the driver does not answer.</summary>
    public long ReadUsedBytes() => _driver.ReadUsedBytes(_ordinal);
}
