using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Reranker.Inference.Engines;
using Reranker.Inference.Engines.Cpu;
using Reranker.Inference.Engines.Cuda;
using Reranker.Inference.Engines.Gpu;
using Reranker.Inference.Engines.Gpu.Libraries;
using Reranker.Inference.Engines.Selection;
using Reranker.Inference.Models;
using Reranker.Inference.Tests.Engines.Cpu;
using Reranker.Inference.Tests.Engines.Gpu.Driver;
using Reranker.Inference.Tests.Engines.Gpu.Libraries;

namespace Reranker.Inference.Tests.Engines.Selection;

/// <summary>What the automatic choice says of engines it could not take.</summary>
public sealed class EngineFallbackTests(CpuEngineTests.TinyModels models) : IClassFixture<CpuEngineTests.TinyModels>
{
    [Fact]
    public void A_machine_without_a_GPU_is_no_warning_and_a_GPU_without_its_libraries_is_one()
    {
        var logger = new LevelLogger();
        var factory = new EngineFactory([new Absent(EngineKind.Cuda, forWantOfDevice: true), new Absent(EngineKind.TensorRt, forWantOfDevice: false)], logger);

        Assert.Throws<EngineUnavailableException>(() => factory.Load(ModelFolder.Open(models["fp32"]), new EngineOptions()));

        Assert.Equal([LogLevel.Debug, LogLevel.Warning], logger.Levels.Take(2));
    }

    [Fact]
    public void A_runtime_without_the_interface_of_our_operators_is_passed_over_by_the_automatic_choice()
    {
        var driver = new FakeDriver();
        var cuda = new CudaEngineProvider(
            TimeProvider.System, NullLogger<CudaEngineProvider>.Instance, driver, new GpuLibraries(driver, new FakeLibraries("interface")));
        var factory = new EngineFactory(
            [cuda, new Absent(EngineKind.TensorRt, forWantOfDevice: false), new CpuEngineProvider(TimeProvider.System, NullLogger<CpuEngineProvider>.Instance)],
            NullLogger<EngineFactory>.Instance);

        using var engine = factory.Load(ModelFolder.Open(models["fp32"]), new EngineOptions { CalibrationTime = TimeSpan.Zero });

        Assert.Equal("CPU", engine.Description.ExecutionProvider);
        Assert.StartsWith("Cuda: ONNX Runtime in /app is too old: it has no interface 24", engine.Description.FallbackReason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(typeof(NotSupportedException))]
    [InlineData(typeof(EntryPointNotFoundException))]
    [InlineData(typeof(DllNotFoundException))]
    public void What_a_runtime_lacks_is_no_fault_of_the_program(Type exception)
        => Assert.True(GpuFaults.IsRuntimeFailure((Exception)Activator.CreateInstance(exception)!));

    [Fact]
    public void A_fault_of_the_program_is_not_taken_for_one_of_the_runtime()
        => Assert.False(GpuFaults.IsRuntimeFailure(new InvalidOperationException()));

    private sealed class Absent(EngineKind kind, bool forWantOfDevice) : IEngineProvider
    {
        public EngineKind Kind => kind;

        public IInferenceEngine Load(EngineRequest request) => throw new EngineUnavailableException(kind, "is not there") { IsForWantOfDevice = forWantOfDevice };
    }

    private sealed class LevelLogger : ILogger<EngineFactory>
    {
        public List<LogLevel> Levels { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            => Levels.Add(logLevel);
    }
}
