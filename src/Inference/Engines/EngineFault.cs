namespace Reranker.Inference.Engines;

/// <summary>What a failed batch says of the device.</summary>
public enum EngineFault
{
    /// <summary>This batch failed; another may work.</summary>
    Batch,

    /// <summary>The device has too little memory for a batch of this size; a smaller one may work.</summary>
    OutOfMemory,

    /// <summary>The device is lost: nothing will work on it in this process again.</summary>
    DeviceLost,
}
