using Reranker.BuildingSilo;
using Reranker.Inference.Engines.Cpu;
using Reranker.Inference.Engines.Selection;
using Reranker.ServiceDefaults;
using Reranker.Silo.Hosting;

// A silo that builds TensorRT engines on a machine without a GPU: everything is its own but the native code (CpuInTensorRtsPlace).
return await RerankerProgram.RunAsync(
    new ProgramDescription
    {
        Name = "silo",
        Summary = "A silo that builds TensorRT engines of ENGINE_BYTES on a machine without a GPU.",
        Compose = static builder =>
        {
            builder.Services.AddSingleton(static services =>
            {
                var (time, loggers) = (services.GetRequiredService<TimeProvider>(), services.GetRequiredService<ILoggerFactory>());
                return new EngineFactory(
                    [
                        new CpuInTensorRtsPlace(time, loggers.CreateLogger<CpuInTensorRtsPlace>()),
                        new CpuEngineProvider(time, loggers.CreateLogger<CpuEngineProvider>()),
                    ],
                    loggers.CreateLogger<EngineFactory>());
            });
            builder.AddRerankerSilo();
        },
        IsForThePerson = SiloStart.IsUserError,
    },
    args);
