using Microsoft.Extensions.Logging;
using Reranker.Inference.Costs;
using Reranker.Inference.Logging;
using Reranker.Inference.Models;

namespace Reranker.Inference.Engines.Loading;

/// <summary>
/// The way of every engine from a request to work: the model is opened on its device, warmed up, and described as it was found
/// to be. The engine is made last, of what is known then; where a step fails, what was opened is given back.
/// </summary>
internal abstract partial class EngineLoader<TModel>(TimeProvider time, ILogger logger)
    where TModel : class, IOpenModel
{
    /// <summary>The clock.</summary>
    protected TimeProvider Time => time;

    /// <summary>Told of what is not as it was asked for.</summary>
    protected ILogger Logger => logger;

    /// <summary>Loads the model and returns when it is ready for work.</summary>
    /// <exception cref="EngineUnavailableException">The engine does not work here or not with this model.</exception>
    /// <exception cref="ModelFolderException">The model's files are wrong, or give other logits than the manifest says.</exception>
    public IInferenceEngine Load(EngineRequest request)
    {
        var clock = new StartClock(time);
        var model = Open(request);
        try
        {
            clock.EndPhase(StartPhase.Open);
            var opened = clock.Elapsed;
            var warm = WarmUp(model, request, clock);
            var ready = clock.Elapsed;
            LogStarted(logger, request.Model.Manifest.Name, ready.TotalSeconds, StartTime.DescribeTimes(clock.Times));
            var description = EngineDescription.FromRequest(request, model.ExecutionProvider, model.Device, model.RuntimeVersion, warm.Limits) with
            {
                KernelVersion = model.KernelVersion,
                StartupTime = ready,
                WarmUpTime = ready - opened,
                StartTimes = clock.Times,
            };
            return new LoadedEngine(description, warm, model);
        }
        catch (EngineException e)
        {
            var explained = ExplainFailure(model, e);
            model.Dispose();
            throw explained;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Opens the model's graph on the device and checks that it is one of the form that the engine runs.</summary>
    protected abstract TModel Open(EngineRequest request);

    /// <summary>Runs the model: what needs the most memory, the probes, and batches whose costs are measured.</summary>
    /// <param name="model">The model.</param>
    /// <param name="request">What was asked for.</param>
    /// <param name="clock">To be told when each phase of it ends.</param>
    /// <exception cref="EngineException">A run failed.</exception>
    protected abstract WarmModel WarmUp(TModel model, EngineRequest request, StartClock clock);

    /// <summary>What a run that failed while warming up says of the model or the engine.</summary>
    protected abstract Exception ExplainFailure(TModel model, EngineException e);

    /// <summary>The table of what was measured.</summary>
    /// <param name="request">Whose model was.</param>
    /// <param name="form">What the time of a batch depends on.</param>
    /// <param name="points">The measurements.</param>
    /// <param name="key">For what it was measured, where it is kept.</param>
    protected CostTable CreateTable(EngineRequest request, CostForm form, IReadOnlyList<CostPoint> points, string key = "")
    {
        var last = points[^1];
        LogCalibrated(logger, request.Model.Manifest.Name, points.Count, last.Rows, last.Length, last.Microseconds);
        return new CostTable { Key = key, Form = form, Points = points };
    }

    [LoggerMessage(
        InferenceEventIds.EngineStarted,
        LogLevel.Debug,
        "Model {Model} was ready after {Seconds:F1} s: {Phases}")]
    private static partial void LogStarted(ILogger logger, string model, double seconds, string phases);

    [LoggerMessage(
        InferenceEventIds.EngineCalibrated,
        LogLevel.Debug,
        "Model {Model} has {Points} measured batch shapes, the last one {Rows} × {Length} tokens in {Microseconds:F0} µs")]
    private static partial void LogCalibrated(ILogger logger, string model, int points, int rows, int length, double microseconds);
}
