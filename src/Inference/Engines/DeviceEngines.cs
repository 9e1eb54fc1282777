using Reranker.Inference.Engines.Gpu;
using Reranker.Inference.Models;

namespace Reranker.Inference.Engines;

/// <summary>Loads models on every device of a process: the engines that its workers are made of.</summary>
public sealed class DeviceEngines
{
    private readonly EngineFactory _factory;
    private readonly ICudaDriver _driver;

    /// <summary>Loads with the given factory.</summary>
    public DeviceEngines(EngineFactory factory)
        : this(factory, CudaDriver.Instance)
    {
    }

    internal DeviceEngines(EngineFactory factory, ICudaDriver driver) => (_factory, _driver) = (factory, driver);

    /// <summary>
    /// Loads every model on every device that <see cref="EngineOptions.Devices"/> names; without a list on every GPU, or once
    /// where the engine is not a GPU's. The engines of an automatic choice are all of the kind that the first one became: scores
    /// of one process come from one kind, and a GPU that does not work is an error and not a slow worker.
    /// </summary>
    /// <returns>The engines of each device, one a model. The caller owns them.</returns>
    /// <exception cref="EngineUnavailableException">A device is named that is not there, or the engine does not work on one.</exception>
    /// <exception cref="ModelFolderException">A model's files are wrong.</exception>
    public IReadOnlyList<IReadOnlyList<IInferenceEngine>> Load(
        IReadOnlyList<ModelFolder> models, EngineOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(models);
        ArgumentNullException.ThrowIfNull(options);
        if (options.Engine is not (EngineKind.Cpu or EngineKind.Scripted))
        {
            GpuDevices.Check(options, _driver);
        }

        var devices = new List<List<IInferenceEngine>>();
        try
        {
            foreach (var model in models)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var first = _factory.Load(model, options, 0, out var kind);
                Add(devices, 0, first);
                for (var ordinal = 1; ordinal < Count(options, kind); ordinal++)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    Add(devices, ordinal, _factory.Load(new EngineRequest(model, options, ordinal, first.Description.FallbackReason), kind));
                }
            }

            return devices;
        }
        catch
        {
            devices.ForEach(engines => engines.ForEach(e => e.Dispose()));
            throw;
        }
    }

    private int Count(EngineOptions options, EngineKind kind) => options.Devices.Count > 0
        ? options.Devices.Count
        : kind is EngineKind.Cpu or EngineKind.Scripted ? 1 : GpuDevices.Count(options, _driver);

    private static void Add(List<List<IInferenceEngine>> devices, int ordinal, IInferenceEngine engine)
    {
        if (ordinal == devices.Count)
        {
            devices.Add([]);
        }

        devices[ordinal].Add(engine);
    }
}
