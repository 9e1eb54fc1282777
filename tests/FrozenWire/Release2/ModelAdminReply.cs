namespace Reranker.FrozenWire;

[GenerateSerializer, Immutable, Alias("reranker.model-admin-reply")]
internal sealed record ModelAdminReply
{
    [Id(0)] public required ModelAdminOutcome Outcome { get; init; }
    [Id(1)] public string? Error { get; init; }
    [Id(2)] public ModelState[] Models { get; init; } = [];
    [Id(3)] public string[] SilentSilos { get; init; } = [];
}
