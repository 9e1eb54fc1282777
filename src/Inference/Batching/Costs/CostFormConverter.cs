using System.Text.Json.Serialization;

namespace Reranker.Inference.Batching.Costs;

/// <summary>Reads and writes a <see cref="CostForm"/> by its name alone, never as a number.</summary>
internal sealed class CostFormConverter() : JsonStringEnumConverter<CostForm>(namingPolicy: null, allowIntegerValues: false);
