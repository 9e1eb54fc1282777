using Reranker.Inference.Engines.Gpu;
using Reranker.Inference.Engines.Gpu.Driver;
using Reranker.Inference.Models;

namespace Reranker.Inference.Engines.Selection;

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
    /// where the engine is not a GPU's. The engines of an automatic choice are all of the kind and the precision that the first one
    /// became: scores of one process come from one kind, and a GPU that does not work is an error and not a slow worker.
    /// </summary>
    /// <returns>The engines of each device, one a model. The caller owns them.</returns>
    /// <exception cref="EngineUnavailableException">A device is named that is not there, or the engine does not work on one.</exception>
    /// <exception cref="ModelFolderException">A model's files are wrong.</exception>
    public IReadOnlyList<IReadOnlyList<IInferenceEngine>> LoadOnAllDevices(
        IReadOnlyList<ModelFolder> models, EngineOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(models);
        ArgumentNullException.ThrowIfNull(options);
        if (IsGpu(options.Engine))
        {
            GpuDevices.RequireListedDevices(options, _driver);
        }

        var devices = new List<List<IInferenceEngine>>();
        try
        {
            foreach (var model in models)
            {
                foreach (var (ordinal, engine) in LoadOnAllDevices(model, options, cancellationToken).Index())
                {
                    if (ordinal == devices.Count)
                    {
                        devices.Add([]);
                    }

                    devices[ordinal].Add(engine);
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

    private IInferenceEngine[] LoadOnAllDevices(ModelFolder model, EngineOptions options, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var first = _factory.Load(model, options, 0, out var kind);
        var engines = new IInferenceEngine[CountEngines(options, kind)];
        engines[0] = first;
        var chosen = model.Manifest.Precisions is null ? model : model.WithPrecision(first.Description.Precision);

        // GPUs load side by side, which takes seconds of each; engines of one device come one after another, because each
        // measures what batches cost it.
        var rest = Enumerable.Range(1, engines.Length - 1).GroupBy(ordinal => IsGpu(kind) ? FindDevice(options, ordinal) : 0);
        try
        {
            Task.WhenAll(rest.Select(ordinals => Task.Factory.StartNew(
                () =>
                {
                    foreach (var ordinal in ordinals)
                    {
                        cancellationToken.ThrowIfCancellationRequested();
                        engines[ordinal] = _factory.Load(new EngineRequest(chosen, options, ordinal, first.Description.FallbackReason), kind);
                    }
                },
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default))).GetAwaiter().GetResult();
            return engines;
        }
        catch
        {
            foreach (var engine in engines)
            {
                engine?.Dispose();
            }

            throw;
        }
    }

    private int CountEngines(EngineOptions options, EngineKind kind) => options.Devices.Count > 0
        ? options.Devices.Count
        : IsGpu(kind) ? GpuDevices.CountEngines(options, _driver) : 1;

    private static int FindDevice(EngineOptions options, int ordinal) => options.Devices.Count > 0 ? options.Devices[ordinal] : ordinal;

    private static bool IsGpu(EngineKind kind) => kind is not (EngineKind.Cpu or EngineKind.Scripted);
}
