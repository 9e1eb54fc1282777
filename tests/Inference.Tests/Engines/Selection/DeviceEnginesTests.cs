using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Reranker.Inference.Costs;
using Reranker.Inference.Engines;
using Reranker.Inference.Engines.Gpu;
using Reranker.Inference.Engines.Selection;
using Reranker.Inference.Models;
using Reranker.Inference.Tests.Engines.Gpu.Driver;
using Reranker.TestKit;
using Reranker.TestKit.Engines;

namespace Reranker.Inference.Tests.Engines.Selection;

public sealed class DeviceEnginesTests : IDisposable
{
    private readonly TempFolder _temp = new();
    private readonly ModelFolder _model;

    public DeviceEnginesTests() => _model = TinyModels.Import(_temp);

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void Every_GPU_gets_an_engine_of_the_kind_that_the_first_one_became()
    {
        var cuda = new PretendedGpus(EngineKind.Cuda);

        Assert.Equal(["GPU 0", "GPU 1"], Names(Load(new EngineOptions(), cuda)));
    }

    [Fact]
    public void The_list_says_which_GPUs_and_in_which_order()
        => Assert.Equal(
            ["GPU 1", "GPU 0", "GPU 1"], Names(Load(new EngineOptions { Devices = [1, 0, 1] }, new PretendedGpus(EngineKind.Cuda))));

    [Fact]
    public void A_GPU_that_does_not_work_is_an_error_and_frees_the_others()
    {
        var cuda = new PretendedGpus(EngineKind.Cuda) { Broken = 1 };

        var error = Assert.Throws<EngineUnavailableException>(() => Load(new EngineOptions(), cuda));

        Assert.Equal("GPU 1 is broken", error.Reason);
        Assert.Equal(1, cuda.Disposed);
    }

    [Fact]
    public void GPUs_load_side_by_side_and_the_engines_of_one_GPU_one_after_another()
    {
        // Engine 0 is alone; 1 and 2 meet, stay long enough for 3 to join them, and 3 comes when 1 on the same GPU is done.
        using var meeting = new Barrier(2);
        var cuda = new PretendedGpus(EngineKind.Cuda) { Meeting = (meeting, [1, 2]) };

        Assert.Equal(["GPU 0", "GPU 0", "GPU 1", "GPU 0"], Names(Load(new EngineOptions { Devices = [0, 0, 1, 0] }, cuda)));
        Assert.Equal(1, meeting.CurrentPhaseNumber);
        Assert.Equal(1, cuda.MostAtOnceOfOneGpu);
    }

    [Theory]
    [InlineData(EngineKind.Auto)]
    [InlineData(EngineKind.Cuda)]
    public void A_GPU_that_is_not_there_stops_the_start_even_where_another_engine_would_work(EngineKind kind)
    {
        var error = Assert.Throws<EngineUnavailableException>(
            () => Load(new EngineOptions { Engine = kind, Devices = [7, 0] }, new PretendedGpus(EngineKind.Cuda), new PretendedGpus(EngineKind.Cpu)));

        Assert.StartsWith("GPU 7 was asked for and the driver shows 2", error.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void What_falls_back_to_the_CPU_has_one_engine_however_many_GPUs_there_are()
    {
        var devices = Load(new EngineOptions(), new PretendedGpus(EngineKind.Cpu));

        Assert.Contains("Cuda", Assert.Single(Assert.Single(devices)).Description.FallbackReason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(EngineKind.Cpu)]
    [InlineData(EngineKind.Scripted)]
    public void Without_GPUs_the_list_is_a_number_of_engines(EngineKind kind)
    {
        var factory = EngineFactory.CreateDefault(NullLoggerFactory.Instance);
        var options = new EngineOptions { Engine = kind, Devices = [0, 1, 1], CalibrationTime = TimeSpan.Zero };

        var devices = new DeviceEngines(factory, new FakeDriver { Problem = "no GPU" }).LoadOnAllDevices([_model], options, CancellationToken.None);

        Assert.Equal(3, devices.Count);
        var logits = devices.Select(d => Score(d[0])).ToArray();
        Assert.Equal(logits[0], logits[1]);
        Assert.Equal(logits[0], logits[2]);

        // Engines that share a session end it with the last of them, and the next start makes a new one.
        devices[0][0].Dispose();
        Assert.Equal(logits[0], Score(devices[2][0]));
        devices[1][0].Dispose();
        devices[2][0].Dispose();
        using var again = factory.Load(_model, options);
        Assert.Equal(logits[0], Score(again));
    }

    [Fact]
    public void Engines_of_several_CPU_workers_share_the_processors_out()
    {
        var factory = EngineFactory.CreateDefault(NullLoggerFactory.Instance);
        var options = new EngineOptions { Engine = EngineKind.Cpu, CalibrationTime = TimeSpan.Zero };
        using var alone = factory.Load(_model, options);
        using var one = factory.Load(_model, options with { Devices = [.. Enumerable.Repeat(0, 2 * Environment.ProcessorCount)] });
        using var told = factory.Load(_model, options with { CpuThreads = 3, Devices = [0, 1] });

        Assert.Equal((Environment.ProcessorCount, 1, 3), (alone.Description.Lanes, one.Description.Lanes, told.Description.Lanes));
    }

    [Fact]
    public void A_fault_of_the_script_can_be_one_device_s()
    {
        var script = new ScriptedEngineOptions { FaultyDevice = 1, LoseDeviceAfter = 3, HangAfter = 4, MemoryTokens = 5, FailEvery = 6 };

        Assert.Equal(script, script.ForDevice(1));
        Assert.Equal(new ScriptedEngineOptions { FaultyDevice = 1 }, script.ForDevice(0));
        Assert.Equal(3, new ScriptedEngineOptions { LoseDeviceAfter = 3 }.ForDevice(9).LoseDeviceAfter);
    }

    private IReadOnlyList<IReadOnlyList<IInferenceEngine>> Load(EngineOptions options, params IEngineProvider[] providers)
        => new DeviceEngines(new EngineFactory(providers, NullLogger<EngineFactory>.Instance), new FakeDriver())
            .LoadOnAllDevices([_model], options, CancellationToken.None);

    private static IEnumerable<string> Names(IReadOnlyList<IReadOnlyList<IInferenceEngine>> devices)
        => devices.Select(d => Assert.Single(d).Description.Device);

    private static float Score(IInferenceEngine engine)
    {
        using var lane = engine.CreateLane();
        var logit = new float[1];
        lane.Run([new[] { 0, 5, 6, 2 }], logit);
        return logit[0];
    }

    /// <summary>A provider of engines that know which GPU they were made for.</summary>
    private sealed class PretendedGpus(EngineKind kind) : IEngineProvider
    {
        private readonly Dictionary<int, int> _loading = [];

        public EngineKind Kind => kind;

        public int? Broken { get; init; }

        public int Disposed { get; private set; }

        public (Barrier Barrier, int[] Engines)? Meeting { get; init; }

        public ConcurrentQueue<EngineRequest> Requests { get; } = [];

        public int MostAtOnceOfOneGpu { get; private set; }

        public IInferenceEngine Load(EngineRequest request)
        {
            var gpu = kind == EngineKind.Cpu ? 0 : GpuDevices.FindDevice(request, kind, new FakeDriver()).Ordinal;
            Requests.Enqueue(request);
            Enter(gpu);
            if (Meeting is { } meeting && meeting.Engines.Contains(request.DeviceOrdinal))
            {
                Assert.True(meeting.Barrier.SignalAndWait(TimeSpan.FromSeconds(20)));
                SpinWait.SpinUntil(() => MostAtOnceOfOneGpu > 1, TimeSpan.FromMilliseconds(200));
            }

            lock (_loading)
            {
                _loading[gpu]--;
            }

            return gpu == Broken
                ? throw new EngineUnavailableException(kind, $"GPU {gpu} is broken")
                : new Engine(this, TestEngines.Describe() with { Device = $"GPU {gpu}", FallbackReason = request.FallbackReason });
        }

        private void Enter(int gpu)
        {
            lock (_loading)
            {
                _loading[gpu] = _loading.GetValueOrDefault(gpu) + 1;
                MostAtOnceOfOneGpu = Math.Max(MostAtOnceOfOneGpu, _loading[gpu]);
            }
        }

        private sealed class Engine(PretendedGpus owner, EngineDescription description) : IInferenceEngine
        {
            public EngineDescription Description => description;

            public ICostModel Cost { get; } = new LinearCost(1);

            public IEngineLane CreateLane() => throw new NotSupportedException();

            public void Dispose() => owner.Disposed++;
        }
    }
}
