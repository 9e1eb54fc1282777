namespace Reranker.Tool.Tests.Architecture;

/// <summary>
/// The rules of the house in one table: who may see whom, among projects and among the folders of one project, and how large and how
/// named what stands in them may be. <see cref="RoomsTests"/> holds the sources to it.
/// </summary>
internal static class RoomRules
{
    /// <summary>Most lines of a file.</summary>
    public const int MaxFileLines = 250;

    /// <summary>Most lines of a method.</summary>
    public const int MaxMethodLines = 60;

    /// <summary>Largest part of a project's methods whose names have one word.</summary>
    public const double MaxOneWordShare = 0.35;

    /// <summary>Every project under src.</summary>
    public static readonly Dictionary<string, ProjectRule> Projects = new()
    {
        ["Abstractions"] = new([])
        {
            Folders = new()
            {
                ["."] = [],
                ["Administration"] = [],
                ["Budgets"] = [],
                ["Fleet"] = ["Workers"],
                ["Models"] = [],
                ["Requests"] = ["Fleet"],
                ["Workers"] = [],
            },
            IsKnownAsTerse = true,
        },
        ["Inference"] = new([])
        {
            KnownCircles =
            [
                [
                    "Batching", "Batching/Costs", "Engines", "Engines/Cpu", "Engines/Cuda", "Engines/Cuda/Products", "Engines/Gpu", "Engines/Onnx",
                    "Engines/Onnx/Operators", "Engines/Scripted", "Engines/TensorRt", "Models", "Telemetry", "Tokenization", "Workers",
                ],
            ],
            KnownLongFiles =
            [
                "Inference/Batching/ModelQueue.cs", "Inference/Engines/Cuda/CudaEngine.cs", "Inference/Tokenization/CharsMapNormalizer.cs",
                "Inference/Workers/BatchExecutor.cs", "Inference/Workers/ModelRunner.cs",
            ],
            KnownOf =
            [
                "ArrivalRates", "BuiltEngine", "CapturedSizes", "CostLimits", "EngineKey", "FastestKernel", "GpuDevices", "GpuFaults", "GroupTimes",
                "NaturalLengths", "PackedShape", "PaddedCostCurves", "ProbeCheck", "ProductSizes", "RandomPairs", "RunPlan", "RunTimes",
                "ScriptedScore", "TensorAddress", "TensorRtPlan",
            ],
            IsKnownAsTerse = true,
        },
        ["ServiceDefaults"] = new(["Abstractions"])
        {
            Folders = new()
            {
                // What every program needs; each of these could be used without a cluster.
                ["Configuration"] = [],
                ["Health"] = [],
                ["Logging"] = ["Configuration"],
                ["Startup"] = ["Configuration"],
                ["Telemetry"] = ["Configuration"],

                // The cluster: how it is configured, where it is kept, what stands around its table, and what puts a silo into it.
                ["Clustering/Settings"] = ["Configuration"],
                ["Clustering/Stores"] = ["Clustering/Settings", "Configuration", "Health", "Logging"],
                ["Clustering/Membership"] = ["Clustering/Stores", "Configuration", "Health", "Logging", "Startup"],
                ["Clustering"] =
                    ["Clustering/Membership", "Clustering/Settings", "Clustering/Stores", "Configuration", "Health", "Startup"],
                ["."] = ["Clustering/Settings", "Configuration", "Health", "Logging", "Startup", "Telemetry"],
            },
            KnownOf = ["KnownSetting", "SettingOrigin", "SettingProperty"],
            IsKnownAsTerse = true,
        },
        ["Onnx"] = new(["Inference"])
        {
            KnownCircles = [["Import", "Quantization", "Verification"]],
            KnownOf = ["OnnxAttribute"],
            IsKnownAsTerse = true,
        },
        ["Benchmarking"] = new(["Inference"])
        {
            IsKnownAsTerse = true,
        },
        ["Client"] = new(["Abstractions"])
        {
            KnownCircles = [[".", "Attempts", "Fleet"]],
            KnownLongMethods = ["AttemptRace.AwaitNextAsync"],
            IsKnownAsTerse = true,
        },
        ["Grains"] = new(["Abstractions", "Inference"])
        {
            Folders = new()
            {
                // Names, values and words that everybody may use.
                ["Logging"] = [],
                ["Primitives"] = [],
                ["Telemetry"] = [],
                ["Wire"] = [],

                // Where a grain lives; then the workers of this silo and their address.
                ["Placement"] = [],
                ["Workers"] = ["Placement", "Wire"],

                // What this silo knows: of models, and of the fleet.
                ["Models"] = [],
                ["Fleet"] = ["Logging", "Models", "Placement", "Primitives", "Wire", "Workers"],

                // The way of a request: its model, its scores that are known, its parts to workers, and what puts them together.
                ["Routing"] = ["Fleet", "Models", "Primitives"],
                ["Caching"] = ["Telemetry"],
                ["Dispatch"] = ["Fleet", "Logging", "Placement", "Primitives", "Telemetry", "Wire"],
                ["Requests"] =
                    ["Caching", "Dispatch", "Fleet", "Logging", "Models", "Primitives", "Routing", "Telemetry", "Wire"],

                // Beside it: how models change, and who may administer.
                ["Rollout"] = ["Fleet", "Logging", "Models", "Placement"],
                ["Administration"] = ["Fleet", "Logging", "Requests"],

                // On top, what composes them.
                ["Hosting"] =
                [
                    "Administration", "Caching", "Dispatch", "Fleet", "Logging", "Models", "Placement", "Primitives", "Requests", "Rollout",
                    "Routing", "Workers",
                ],
            },
            KnownOf = ["ChunkedTexts", "DirectiveEntries", "DistinctPassages", "PlanWork", "RequestPairs", "ScoreKey"],
            IsKnownAsTerse = true,
        },
        ["Silo"] = new(["Abstractions", "Inference", "Grains", "ServiceDefaults"])
        {
            Folders = new()
            {
                ["Logging"] = [],
                ["Health"] = [],
                ["Settings"] = [],
                ["Models"] = ["Logging", "Settings"],
                ["Hosting"] = ["Health", "Logging", "Models", "Settings"],
                ["."] = ["Hosting"],
            },
            IsKnownAsTerse = true,
        },
        ["Gateway"] = new(["Abstractions", "Client", "ServiceDefaults"])
        {
            KnownCircles =
            [
                [".", "Admin", "Admission", "Dialects", "Dialects/Cohere", "Dialects/Tei", "Health", "Hosting", "Http", "Info", "Json"],
            ],
            KnownLongFiles = ["Gateway/Http/BodyReader.cs"],
            KnownOf = ["AdminResults", "CommonStatus", "GatewayError", "TruncationWarnings"],
            IsKnownAsTerse = true,
        },
        ["Tool"] = new(["Abstractions", "Inference", "ServiceDefaults", "Onnx", "Benchmarking", "Client", "Grains", "Silo", "Gateway"])
        {
            KnownCircles = [[".", "Commands"]],
            IsKnownAsTerse = true,
        },
    };

    /// <summary>Names that more than one type has. Every entry is to go; none is to come.</summary>
    public static readonly string[] KnownTwins =
    [
        "Entry", "EventIds", "Lane", "Pass", "PassageReader", "RankingJson", "Snapshot",
    ];
}

/// <summary>
/// The rule for one project. What is named Known is what still breaks a rule: an entry that is no longer needed fails as well, so that
/// the lists only shrink.
/// </summary>
/// <param name="MaySee">The projects of ours that it may reach, directly or through others.</param>
internal sealed record ProjectRule(string[] MaySee)
{
    /// <summary>
    /// For each folder ("." is the project's own) the folders whose types it may use. Null: all but in a circle.
    /// </summary>
    public Dictionary<string, string[]>? Folders { get; init; }

    /// <summary>Sets of folders that reach each other.</summary>
    public string[][] KnownCircles { get; init; } = [];

    /// <summary>Files that are too long.</summary>
    public string[] KnownLongFiles { get; init; } = [];

    /// <summary>Methods that are too long.</summary>
    public string[] KnownLongMethods { get; init; } = [];

    /// <summary>Types with a method that is called Of.</summary>
    public string[] KnownOf { get; init; } = [];

    /// <summary>True while too many of its methods have one word.</summary>
    public bool IsKnownAsTerse { get; init; }
}
