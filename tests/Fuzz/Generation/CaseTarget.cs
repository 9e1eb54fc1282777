namespace Reranker.Fuzz.Generation;

/// <summary>What a case is sent to, as far as right requests need to know it.</summary>
/// <param name="Model">Name of the served model.</param>
/// <param name="Identity">Its identity.</param>
/// <param name="ApiKey">A key that may score; null where none is needed.</param>
/// <param name="AdminKey">The key of the admin paths; null where these are not there.</param>
/// <param name="HasHostRoutes">Whether metrics and the host's probes are there.</param>
internal sealed record CaseTarget(string Model, string Identity, string? ApiKey, string? AdminKey, bool HasHostRoutes);
