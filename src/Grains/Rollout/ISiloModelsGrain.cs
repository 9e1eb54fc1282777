using Orleans.Concurrency;
using Reranker.Grains.Models;

namespace Reranker.Grains.Rollout;

/// <summary>The models of the silo that the key names.</summary>
[Alias("reranker.silo-models-grain")]
internal interface ISiloModelsGrain : IGrainWithStringKey
{
    /// <summary>How far the silo is.</summary>
    [Alias("get"), AlwaysInterleave]
    Task<SiloModels> GetModelsAsync(CancellationToken cancellationToken);

    /// <summary>Tells the silo what to do; it does it by itself. It takes in what is later than what it has.</summary>
    [Alias("apply"), AlwaysInterleave]
    Task<SiloModels> ApplyDirectivesAsync(ModelDirectives directives, CancellationToken cancellationToken);

    /// <summary>Another silo has other models now: ask it.</summary>
    /// <param name="silo">Its address.</param>
    /// <param name="cancellationToken">Gives up.</param>
    [Alias("learn"), AlwaysInterleave]
    Task LearnSiloAsync(string silo, CancellationToken cancellationToken);
}
