using Microsoft.Extensions.Logging;
using Reranker.Inference.Engines.Calibration;
using Reranker.Inference.Engines.Cuda.Products;
using Reranker.Inference.Logging;

namespace Reranker.Inference.Engines.Cuda;

/// <summary>
/// What starts of the CUDA engine leave for later ones: <c>CACHE/KEY/</c> with <c>costs.json</c>, <c>kernels.json</c> and <c>key.txt</c>,
/// which is for people. Nothing of it is believed unseen: kept kernels are tried, and kept times checked against new ones.
/// </summary>
internal sealed partial class CudaMeasurements
{
    private readonly MeasurementFolder _folder;
    private readonly MeasurementKey _key;
    private readonly string _model;
    private readonly ILogger _logger;

    /// <summary>Opens those of a key, and removes those of keys that no start has used for long.</summary>
    public CudaMeasurements(string cache, MeasurementKey key, string model, TimeProvider time, ILogger logger)
    {
        (_key, _model, _logger) = (key, model, logger);
        var folder = Path.Combine(cache, key.Hash);
        _folder = new MeasurementFolder(folder, model, logger, key.Text);
        Costs = new KeptCosts(_folder, key.Hash, model, logger);
        MeasurementPruning.MarkUsed(folder, time.GetUtcNow());
        if (MeasurementPruning.PruneUnused(cache, key.Hash, time.GetUtcNow()) is { Count: > 0 } removed)
        {
            LogPruned(logger, removed.Count, cache, MeasurementPruning.MostUnused.Days, MeasurementPruning.MostKeys);
        }
    }

    /// <summary>Times of batches.</summary>
    public KeptCosts Costs { get; }

    /// <summary>Takes the kernels that an earlier start chose; false where none did, or one of them does not work.</summary>
    /// <param name="tryReuse">Tries and takes them.</param>
    public bool TryReuseKernels(Func<IReadOnlyList<KernelChoice>, bool> tryReuse)
    {
        if (KeptKernels.TryLoad(_folder.FindPath(MeasurementFolder.KernelsFile), _key.Hash) is not { } kernels)
        {
            return false;
        }

        var works = tryReuse(kernels);
        if (works)
        {
            LogReused(_logger, _model, kernels.Count);
        }
        else
        {
            LogRefused(_logger, _model);
        }

        return works;
    }

    /// <summary>Keeps kernels for later starts.</summary>
    public void TrySaveKernels(IEnumerable<KernelChoice> chosen) => _folder.TryWrite(MeasurementFolder.KernelsFile, path => KeptKernels.Save(path, _key.Hash, chosen));

    /// <summary>Has the next start choose kernels anew: what made the times wrong may have made another kernel the fastest.</summary>
    public void ForgetKernels() => _folder.TryForget(MeasurementFolder.KernelsFile);

    [LoggerMessage(
        InferenceEventIds.MeasurementsPruned,
        LogLevel.Information,
        "What starts measured under {Keys} other keys is removed from {Folder}: no start used it for {Days} days, or more than {Most} are there")]
    private static partial void LogPruned(ILogger logger, int keys, string folder, int days, int most);

    [LoggerMessage(
        InferenceEventIds.KernelsReused,
        LogLevel.Debug,
        "Model {Model} takes {Kernels} kernels of matrix products that an earlier start chose")]
    private static partial void LogReused(ILogger logger, string model, int kernels);

    [LoggerMessage(
        InferenceEventIds.KernelsRefused,
        LogLevel.Information,
        "The kept kernels of model {Model} are chosen anew, because cuBLASLt does not take them all")]
    private static partial void LogRefused(ILogger logger, string model);
}
