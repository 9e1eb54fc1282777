namespace Reranker.Gateway.Models;

/// <summary>What the edge knows of the model that a call asks for.</summary>
/// <param name="Key">Tells its work from that of other models: a name, or an identity where that was asked for.</param>
/// <param name="MaxPairTokens">Most tokens of a pair; null when the fleet has not named such a model.</param>
/// <param name="TokensPerSecond">Of all its ready workers together; 0 when that is not known.</param>
/// <param name="ReadyWorkers">Workers that take work for it, as far as that is known.</param>
/// <param name="TokensPerCharacter">Of its recent texts; 0 when that is not known.</param>
internal readonly record struct ModelCapacity(string Key, int? MaxPairTokens, double TokensPerSecond, int ReadyWorkers, double TokensPerCharacter);
