using Microsoft.Extensions.Logging;
using Reranker.Inference.Engines;
using Reranker.Inference.Models;

namespace Reranker.Inference.Tests.Engines;

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
