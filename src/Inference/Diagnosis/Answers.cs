using Reranker.Inference.Engines.Gpu.Driver;

namespace Reranker.Inference.Diagnosis;

/// <summary>What ONNX Runtime says of itself.</summary>
/// <param name="Native">Version of its native library.</param>
/// <param name="Managed">Version of the managed package.</param>
/// <param name="Folder">Folder of the native library.</param>
/// <param name="Providers">Execution providers that it was built with.</param>
public sealed record RuntimeAnswer(string Native, string Managed, string Folder, IReadOnlyList<string> Providers);

/// <summary>What NVIDIA's driver says.</summary>
/// <param name="Problem">Why it does not work here, as a clause; null when it does.</param>
/// <param name="CudaVersion">CUDA version that it supports, such as <c>13.0</c>; null where it does not tell.</param>
/// <param name="Devices">GPUs that it shows to this process.</param>
public sealed record DriverAnswer(string? Problem, string? CudaVersion, IReadOnlyList<GpuDevice> Devices);

/// <summary>A library that the system's loader was asked for.</summary>
/// <param name="File">Its name.</param>
/// <param name="Path">Where it was found; null when it was not.</param>
/// <param name="Version">Its version, where it tells.</param>
/// <param name="Problem">Why it was not loaded, as the loader says it.</param>
public sealed record LibraryAnswer(string File, string? Path, string? Version, string? Problem);

/// <summary>What engines lack, in the words in which they would refuse to start.</summary>
/// <param name="Cuda">What the CUDA engine lacks; null for nothing.</param>
/// <param name="TensorRt">What TensorRT lacks.</param>
/// <param name="Build">What building a TensorRT engine lacks beyond that; null too where <paramref name="TensorRt"/> lacks something.</param>
public sealed record MissingAnswer(string? Cuda, string? TensorRt, string? Build);

/// <summary>What the library that manages NVIDIA's cards says.</summary>
/// <param name="Driver">Version of the driver.</param>
/// <param name="Cards">The cards, also those that this process may not use.</param>
public sealed record CardsAnswer(string Driver, IReadOnlyList<CardAnswer> Cards);

/// <summary>A card.</summary>
/// <param name="Name">Its name.</param>
/// <param name="TotalBytes">Its memory.</param>
/// <param name="UsedBytes">What of it is in use, by anybody.</param>
/// <param name="IsDivided">True where it is divided into instances (MIG); null where it cannot be.</param>
public sealed record CardAnswer(string Name, long TotalBytes, long UsedBytes, bool? IsDivided);

/// <summary>What the kernel says of its clock.</summary>
/// <param name="IsSynchronized">True while something keeps it right.</param>
/// <param name="MaxErrorMilliseconds">By how much it may be wrong.</param>
public sealed record ClockAnswer(bool IsSynchronized, double MaxErrorMilliseconds);
