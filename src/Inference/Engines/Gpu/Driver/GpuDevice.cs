namespace Reranker.Inference.Engines.Gpu.Driver;

/// <summary>A GPU as the driver describes it.</summary>
/// <param name="Ordinal">CUDA ordinal in this process.</param>
/// <param name="Name">Its name, for example <c>NVIDIA H100 80GB HBM3</c>.</param>
/// <param name="ComputeCapability">10 × major + minor, for example 90.</param>
/// <param name="MemoryBytes">All of its memory.</param>
/// <param name="Driver">Version of the driver, or of the CUDA that it supports where the driver does not tell.</param>
/// <param name="Processors">Multiprocessors, which tell a part of a card from a whole one; 0 where the driver does not tell.</param>
/// <param name="ClockKilohertz">Its highest clock; 0 where the driver does not tell.</param>
public sealed record GpuDevice(
    int Ordinal, string Name, int ComputeCapability, long MemoryBytes, string Driver, int Processors = 0, int ClockKilohertz = 0);
