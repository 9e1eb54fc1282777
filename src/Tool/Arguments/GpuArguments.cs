using System.CommandLine;
using System.CommandLine.Parsing;
using System.ComponentModel.DataAnnotations;
using Reranker.Inference.Engines;

namespace Reranker.Tool.Arguments;

/// <summary>Options of commands that work on one GPU.</summary>
internal sealed class GpuArguments
{
    private const double BytesPerGiB = 1L << 30;

    private static readonly CudaOptions CudaDefaults = new();
    private static readonly TensorRtOptions TensorRtDefaults = new();

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

    public Option<BatchShape?> Min { get; } = BatchShape.CreateOption("--min", "Smallest batch a TensorRT engine is built for. Default: 1x8.");

    public Option<BatchShape?> Opt { get; } = BatchShape.CreateOption(
        "--opt", "Batch for which a TensorRT engine's kernels are chosen. Default: 32x256, or what of it is within --max.");

    public Option<BatchShape?> Max { get; } = BatchShape.CreateOption("--max", "Largest batch a TensorRT engine is built for. Default: 40x512.");

    public Option<double> Workspace { get; } = new("--workspace")
    {
        Description = "Most GiB of working memory a kernel may ask for while a TensorRT engine is built. Default: ONNX Runtime's own limit.",
        DefaultValueFactory = _ => 0,
        HelpName = "GiB",
    };

    public Option<int> Level { get; } = new("--level")
    {
        Description = "How hard TensorRT's builder looks for fast kernels, 0 to 5.",
        DefaultValueFactory = _ => TensorRtDefaults.BuilderLevel,
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
        Option[] options = [Gpu, Form, MaxBatchTokens, GraphTokens, Min, Opt, Max, Workspace, Level, EngineCache];
        foreach (var option in options)
        {
            command.Options.Add(option);
        }

        // A profile is wrong as a whole: its three shapes must not shrink.
        command.Validators.Add(ValidateProfile);
    }

    /// <summary>The options for an engine of that kind.</summary>
    public EngineOptions ReadOptions(EngineKind engine, ParseResult parsed) => new()
    {
        Engine = engine,
        Devices = [parsed.GetValue(Gpu)],
        Cuda = new CudaOptions
        {
            GraphForm = parsed.GetRequiredValue(Form),
            MaxBatchTokens = parsed.GetValue(MaxBatchTokens),
            GraphTokens = parsed.GetValue(GraphTokens),
        },
        TensorRt = ReadTensorRt(parsed.CommandResult),
    };

    private void ValidateProfile(CommandResult result)
    {
        try
        {
            foreach (var problem in FindProblems(ReadTensorRt(result)))
            {
                result.AddError(problem);
            }
        }
        catch (InvalidOperationException)
        {
            // An option that cannot be read throws when it is asked here, and reports itself a moment later.
        }
    }

    private TensorRtOptions ReadTensorRt(SymbolResult parsed) => new()
    {
        EngineCache = parsed.GetValue(EngineCache)?.FullName ?? "",
        WorkspaceBytes = (long)(parsed.GetValue(Workspace) * BytesPerGiB),
        BuilderLevel = parsed.GetValue(Level),
        Profile = CreateProfile(parsed.GetValue(Min), parsed.GetValue(Opt), parsed.GetValue(Max)),
    };

    private static ShapeProfile CreateProfile(BatchShape? min, BatchShape? opt, BatchShape? max)
    {
        var defaults = TensorRtDefaults.Profile;
        var (minRows, minLength) = min ?? new BatchShape(defaults.MinRows, defaults.MinLength);
        var (maxRows, maxLength) = max ?? new BatchShape(defaults.MaxRows, defaults.MaxLength);
        var (optRows, optLength) = opt ?? new BatchShape(
            Math.Clamp(defaults.OptRows, Math.Min(minRows, maxRows), maxRows), Math.Clamp(defaults.OptLength, Math.Min(minLength, maxLength), maxLength));
        return new ShapeProfile
        {
            MinRows = minRows,
            MinLength = minLength,
            OptRows = optRows,
            OptLength = optLength,
            MaxRows = maxRows,
            MaxLength = maxLength,
        };
    }

    private static IEnumerable<string> FindProblems(TensorRtOptions options)
    {
        var problems = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), problems, validateAllProperties: true);
        Validator.TryValidateObject(options.Profile, new ValidationContext(options.Profile), problems, validateAllProperties: true);
        return problems.Select(p => p.ErrorMessage!);
    }
}
