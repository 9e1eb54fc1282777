using Microsoft.ML.OnnxRuntime;
using Reranker.Inference.Engines.Onnx;
using Reranker.Inference.Graphs;

namespace Reranker.Inference.Engines.Gpu;

/// <summary>
/// The run of a batch on a GPU, whatever the form of its inputs: they are written into page-locked buffers that live as long as
/// the lane, given to the session as views over these, and the logits come back into another one. A form says how its inputs are
/// written and its logits read.
/// </summary>
internal abstract class GpuLane : IStagingLane
{
    private static readonly string[] OutputNames = [GraphTensors.Logits];

    private readonly InferenceSession _session;
    private readonly string[] _inputNames;
    private readonly OrtValue[] _outputs = new OrtValue[1];
    private readonly DeviceThread? _thread;
    private readonly Action _runSession;

    /// <param name="session">The session.</param>
    /// <param name="contract">The form of its graph.</param>
    /// <param name="deviceOrdinal">Its device.</param>
    /// <param name="translate">What an error of the session means.</param>
    /// <param name="thread">The one thread that runs the session; null where the caller's may.</param>
    /// <param name="memory">Memory for the buffers; null for that of the session.</param>
    protected GpuLane(
        InferenceSession session,
        GraphContract contract,
        int deviceOrdinal,
        Func<OnnxRuntimeException, EngineException> translate,
        DeviceThread? thread,
        StagingMemory? memory)
    {
        (_session, _inputNames, _thread, Translate) = (session, contract.InputNames, thread, translate);
        _runSession = RunSession;
        Inputs = new OrtValue[contract.Inputs.Count];
        using var pass = CaptureGate.EnterForWork();
        Memory = memory ?? new StagingMemory(session, deviceOrdinal);
    }

    /// <summary>Where buffers come from; it owns them.</summary>
    protected StagingMemory Memory { get; }

    /// <summary>Options of every run.</summary>
    protected RunOptions Options { get; } = new();

    /// <summary>The inputs of the next run, in the order of the form.</summary>
    protected OrtValue[] Inputs { get; }

    /// <summary>The output of the next run.</summary>
    protected ref OrtValue Output => ref _outputs[0];

    /// <summary>What an error of the session means.</summary>
    protected Func<OnnxRuntimeException, EngineException> Translate { get; }

    public virtual void Run(ReadOnlySpan<ReadOnlyMemory<int>> pairs, Span<float> logits)
    {
        if (!pairs.IsEmpty)
        {
            Stage(pairs);
            RunStaged(logits);
        }
    }

    public void Stage(ReadOnlySpan<ReadOnlyMemory<int>> pairs)
    {
        ReleaseViews();
        try
        {
            WriteInputs(pairs);
        }
        catch (OnnxRuntimeException e)
        {
            throw Translate(e);
        }
    }

    public void RunStaged(Span<float> logits)
    {
        try
        {
            if (_thread is null)
            {
                RunSession();
            }
            else
            {
                _thread.Run(_runSession);
            }
        }
        catch (OnnxRuntimeException e)
        {
            throw Translate(e);
        }
        finally
        {
            ReleaseViews();
        }

        ReadLogits(logits);
    }

    public void Dispose()
    {
        using var pass = CaptureGate.EnterForWork();
        ReleaseViews();
        Memory.Dispose();
        Options.Dispose();
    }

    /// <summary>Writes the inputs of a batch into the buffers and sets <see cref="Inputs"/> and <see cref="Output"/>.</summary>
    /// <exception cref="EngineException">The batch is over the lane's limits.</exception>
    /// <exception cref="OnnxRuntimeException">There is too little memory.</exception>
    protected abstract void WriteInputs(ReadOnlySpan<ReadOnlyMemory<int>> pairs);

    /// <summary>Reads the logits of the batch that was run.</summary>
    protected abstract void ReadLogits(Span<float> logits);

    private void RunSession()
    {
        using var pass = CaptureGate.EnterForWork();
        _session.Run(Options, _inputNames, Inputs, OutputNames, _outputs);
    }

    private void ReleaseViews()
    {
        ReleaseValues(Inputs);
        ReleaseValues(_outputs);
    }

    private static void ReleaseValues(OrtValue[] values)
    {
        foreach (ref var value in values.AsSpan())
        {
            value?.Dispose();
            value = null!;
        }
    }
}
