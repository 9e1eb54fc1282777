using System.CommandLine;
using Reranker.Inference.Engines;
using Reranker.Inference.Engines.Cuda;
using Reranker.Inference.Engines.TensorRt;

namespace Reranker.Tool.Commands;

/// <summary>Options of commands that work on one GPU.</summary>
internal sealed class GpuArguments
{
    private static readonly CudaOptions CudaDefaults = new();
    private static readonly ShapeProfile ProfileDefaults = new();

    public Option<int> Gpu { get; } = new("--gpu") { Description = "CUDA ordinal of the GPU.", DefaultValueFactory = _ => 0 };

    public Option<string> Form { get; } = new("--form")
    {
        Description = "Graph form of the CUDA engine.",
        DefaultValueFactory = _ => CudaDefaults.GraphForm,
    };

    public Option<int> MaxBatchTokens { get; } = new("--max-batch-tokens")
    {
        Description = "Most tokens of a run of the CUDA engine.",
        DefaultValueFactory = _ => CudaDefaults.MaxBatchTokens,
    };

    public Option<int> GraphTokens { get; } = new("--graph-tokens")
    {
        Description = "Most tokens of a run that the CUDA engine launches as a CUDA graph; 0 for none.",
        DefaultValueFactory = _ => CudaDefaults.GraphTokens,
    };

    public Option<int> MaxRows { get; } = new("--max-rows")
    {
        Description = "Most rows a TensorRT engine is built for.",
        DefaultValueFactory = _ => ProfileDefaults.MaxRows,
    };

    public Option<int> MaxLength { get; } = new("--max-length")
    {
        Description = "Longest row a TensorRT engine is built for, in tokens.",
        DefaultValueFactory = _ => ProfileDefaults.MaxLength,
    };

    public Option<DirectoryInfo?> EngineCache { get; } = new("--engine-cache")
    {
        Description = "Folder of built TensorRT engines. Default: in the user's cache folder.",
        HelpName = "DIR",
    };

    public void AddTo(Command command)
    {
        Gpu.AtLeast(0);
        MaxBatchTokens.AtLeast(64);
        GraphTokens.AtLeast(0);
        MaxRows.AtLeast(1);
        MaxLength.AtLeast(ShapeProfile.LengthStep);
        Option[] options = [Gpu, Form, MaxBatchTokens, GraphTokens, MaxRows, MaxLength, EngineCache];
        foreach (var option in options)
        {
            command.Options.Add(option);
        }
    }

    /// <summary>The options for an engine of that kind.</summary>
    public EngineOptions For(EngineKind engine, ParseResult parsed)
    {
        var profile = new ShapeProfile { MaxRows = parsed.GetValue(MaxRows), MaxLength = parsed.GetValue(MaxLength) };
        return new EngineOptions
        {
            Engine = engine,
            Devices = [parsed.GetValue(Gpu)],
            Cuda = new CudaOptions
            {
                GraphForm = parsed.GetRequiredValue(Form),
                MaxBatchTokens = parsed.GetValue(MaxBatchTokens),
                GraphTokens = parsed.GetValue(GraphTokens),
            },
            TensorRt = new TensorRtOptions
            {
                EngineCache = parsed.GetValue(EngineCache)?.FullName ?? "",

                // A corner below the default optimum pulls the optimum with it.
                Profile = profile with
                {
                    OptRows = Math.Min(profile.OptRows, profile.MaxRows),
                    OptLength = Math.Min(profile.OptLength, profile.MaxLength),
                },
            },
        };
    }
}
