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

    /// <summary>Files of Inference and Onnx that open others for reading: the place for it, and those that read what the kernel or this program wrote.</summary>
    public static readonly string[] Openers = ["PlainFile.cs", "CpuDevice.cs", "CudaDriver.cs", "LibraryProbe.cs", "EngineStore.cs"];

    /// <summary>Every project under src.</summary>
    public static readonly Dictionary<string, ProjectRule> Projects = new()
    {
        ["Abstractions"] = new([])
        {
            Folders = new()
            {
                ["."] = [],
                ["Administration"] = [],
                ["Attempts"] = [],
                ["Budgets"] = [],
                ["Certificates"] = ["Files"],
                ["Estimates"] = [],
                ["Files"] = [],
                ["Quotas"] = [],
                ["Workers"] = [],
                ["Fleet"] = ["Workers"],
                ["Models"] = [],
                ["Requests"] = [".", "Estimates", "Fleet", "Workers"],
            },
        },
        ["Inference"] = new([])
        {
            Folders = new()
            {
                ["."] = [],
                ["Costs"] = ["."],
                ["Graphs"] = [],
                ["Models"] = [],
                ["Engines"] = ["Costs", "Graphs", "Models"],
                ["Scoring"] = ["Engines"],
                ["Batching"] = ["Costs", "Engines", "Scoring"],
                ["Logging"] = [],
                ["Engines/Calibration"] = [".", "Costs", "Engines", "Logging"],
                ["Engines/Loading"] = ["Costs", "Engines", "Logging", "Models"],
                ["Engines/Onnx"] = ["Engines", "Graphs", "Models"],
                ["Engines/Cpu/Operators"] = ["Engines/Onnx/Operators", "Graphs"],
                ["Engines/Cpu"] = ["Costs", "Engines", "Engines/Calibration", "Engines/Cpu/Operators", "Engines/Loading", "Engines/Onnx", "Graphs", "Logging", "Models"],
                ["Engines/Gpu/Driver"] = [],
                ["Engines/Gpu"] = ["Costs", "Engines", "Engines/Gpu/Driver", "Engines/Onnx", "Graphs", "Logging"],
                ["Engines/Onnx/Operators"] = ["Engines/Onnx"],
                ["Engines/Cuda/Products"] = [".", "Engines/Gpu", "Engines/Gpu/Driver", "Engines/Onnx", "Engines/Onnx/Operators", "Graphs"],
                ["Engines/Cuda/Kernels"] = ["Engines/Gpu", "Engines/Gpu/Driver", "Engines/Onnx", "Engines/Onnx/Operators", "Graphs"],
                ["Engines/Gpu/Libraries"] = ["Engines/Gpu/Driver", "Engines/Onnx", "Engines/Onnx/Operators"],
                ["Engines/Cuda"] =
                [
                    ".", "Costs", "Engines", "Engines/Calibration", "Engines/Cuda/Kernels", "Engines/Cuda/Products", "Engines/Gpu",
                    "Engines/Gpu/Driver", "Engines/Gpu/Libraries", "Engines/Loading", "Engines/Onnx", "Engines/Onnx/Operators", "Graphs", "Logging", "Models",
                ],
                ["Engines/Scripted"] = [".", "Costs", "Engines", "Models"],
                ["Engines/TensorRt"] =
                [
                    ".", "Costs", "Engines", "Engines/Calibration", "Engines/Gpu", "Engines/Gpu/Driver", "Engines/Gpu/Libraries",
                    "Engines/Loading", "Engines/Onnx", "Logging", "Models",
                ],
                ["Engines/Selection"] =
                [
                    ".", "Costs", "Engines", "Engines/Cpu", "Engines/Cuda", "Engines/Gpu", "Engines/Gpu/Driver", "Engines/Gpu/Libraries",
                    "Engines/Scripted", "Engines/TensorRt", "Logging", "Models",
                ],
                ["Diagnosis"] = ["Engines/Gpu/Driver", "Engines/Gpu/Libraries", "Engines/Onnx"],
                ["Telemetry"] = [],
                ["Tokenization/Sentences"] = [],
                ["Tokenization"] = ["Models", "Telemetry", "Tokenization/Sentences"],
                ["Tokenization/HuggingFace"] = ["Models", "Tokenization", "Tokenization/Sentences"],
                ["Workers"] = [".", "Batching", "Costs", "Engines", "Logging", "Scoring", "Telemetry"],
            },
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
                ["Certificates"] = ["Logging"],
                ["Transport"] = ["Certificates", "Configuration", "Logging"],

                // The cluster: how it is configured, where it is kept, what stands around its table, and what puts a silo into it.
                ["Clustering/Settings"] = ["Configuration"],
                ["Clustering/Stores"] = ["Clustering/Settings", "Configuration", "Health", "Logging"],
                ["Clustering/Membership"] = ["Clustering/Stores", "Configuration", "Health", "Logging", "Startup"],
                ["Clustering"] =
                [
                    "Certificates", "Clustering/Membership", "Clustering/Settings", "Clustering/Stores", "Configuration", "Health", "Logging",
                    "Startup",
                ],
                ["."] = ["Clustering/Settings", "Configuration", "Health", "Logging", "Startup", "Telemetry", "Transport"],
            },
        },
        ["Onnx"] = new(["Inference"])
        {
            Folders = new()
            {
                ["."] = [],
                ["HuggingFace"] = [],
                ["Families/Common"] = ["HuggingFace"],
                ["Families/XlmRoberta"] = ["Families/Common", "HuggingFace"],
                ["Families/Bert"] = ["Families/Common", "Families/XlmRoberta", "HuggingFace"],
                ["Families/ModernBert"] = ["Families/Common", "Families/XlmRoberta", "HuggingFace"],
                ["Families/Roberta"] = ["Families/Common", "Families/XlmRoberta", "HuggingFace"],
                ["Families/New"] = ["Families/Common", "Families/XlmRoberta", "HuggingFace"],
                ["Families"] = ["Families/Bert", "Families/ModernBert", "Families/New", "Families/Roberta", "Families/XlmRoberta", "HuggingFace"],
                ["Folders"] = [],
                ["Weights"] = [".", "Families/XlmRoberta", "HuggingFace"],
                ["Graphs"] = ["Families/XlmRoberta", "HuggingFace", "Weights"],
                ["Verification"] = ["Graphs", "Verification/Ranking"],
                ["Verification/Ranking"] = [],
                ["Verification/Layers"] = ["Graphs", "Quantization", "Verification"],
                ["Verification/Source"] = ["Families", "Graphs", "HuggingFace", "Quantization", "Verification/Layers"],
                ["Quantization"] = ["Families/XlmRoberta", "Graphs"],
                ["Quantization/Dynamic"] = ["Families/XlmRoberta", "Graphs", "HuggingFace", "Quantization", "Weights"],
                ["Quantization/Ranges"] = [".", "Graphs", "HuggingFace", "Quantization", "Verification", "Weights"],
                ["Quantization/Folding"] = ["Families/XlmRoberta", "Graphs", "HuggingFace", "Quantization", "Quantization/Ranges"],
                ["Quantization/Static"] =
                    ["Graphs", "HuggingFace", "Quantization", "Quantization/Folding", "Quantization/Ranges", "Weights"],
                ["Quantization/Fp8"] = ["Families/XlmRoberta", "Graphs", "HuggingFace", "Quantization", "Quantization/Static", "Weights"],
                ["Quantization/Twins"] =
                [
                    ".", "Families/XlmRoberta", "Graphs", "HuggingFace", "Quantization", "Quantization/Folding", "Quantization/Fp8",
                    "Quantization/Ranges", "Quantization/Static", "Verification", "Weights",
                ],
                ["Quantization/Choice"] =
                    ["Families", "HuggingFace", "Quantization", "Quantization/Ranges", "Quantization/Twins", "Verification/Ranking"],
                ["Precisions"] =
                [
                    ".", "Folders", "Graphs", "HuggingFace", "Quantization", "Quantization/Dynamic", "Quantization/Folding", "Quantization/Fp8",
                    "Quantization/Ranges", "Quantization/Static", "Verification", "Weights",
                ],
                ["Foreign"] = ["Families/Common", "Families/XlmRoberta", "Graphs", "HuggingFace", "Verification", "Weights"],
                ["Import"] = [".", "Families", "Folders", "Foreign", "Graphs", "HuggingFace", "Precisions", "Quantization/Ranges", "Verification", "Weights"],
                ["Synthesis"] = ["Families", "Families/XlmRoberta", "HuggingFace"],
            },
        },
        ["Benchmarking"] = new(["Inference"])
        {
            Folders = new()
            {
                ["Workloads"] = [],
                ["Comparison"] = ["Workloads"],
                ["Cpu"] = [],
                ["Engine"] = ["Workloads"],
                ["Load"] = ["Workloads"],
            },
        },
        ["Client"] = new(["Abstractions"])
        {
            Folders = new()
            {
                ["."] = [],
                ["Logging"] = [],
                ["Scores"] = ["."],
                ["Connection"] = ["Logging"],
                ["Fleet"] = [".", "Connection"],
                ["Shards"] = ["."],
                ["Telemetry"] = [],
                ["Parts"] = [".", "Connection", "Logging", "Scores", "Shards"],
                ["Attempts"] = [".", "Connection", "Fleet", "Logging", "Parts", "Scores", "Shards", "Telemetry"],
                ["Reranking"] = [".", "Attempts", "Fleet", "Parts", "Telemetry"],
                ["Hosting"] = [".", "Attempts", "Connection", "Fleet", "Parts", "Reranking", "Scores", "Shards"],
            },
        },
        ["Client.PostgreSql"] = new(["Abstractions", "Client"]),
        ["Client.Redis"] = new(["Abstractions", "Client"]),
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

                // Beside it: who has which part of the tenants' limits, how models change, and who may administer.
                ["Quotas"] = [],
                ["Rollout"] = ["Fleet", "Logging", "Models", "Placement"],
                ["Administration"] = ["Fleet", "Logging", "Requests"],

                // On top, what composes them.
                ["Hosting"] =
                [
                    "Administration", "Caching", "Dispatch", "Fleet", "Logging", "Models", "Placement", "Primitives", "Requests", "Rollout",
                    "Routing", "Workers",
                ],
            },
        },
        ["Simulation"] = new(["Abstractions", "Inference", "Grains"])
        {
            Folders = new()
            {
                ["Time"] = [],
                ["Cards"] = [],
                ["Queues"] = [],
                ["Workload"] = ["Cards"],
                ["Fleet"] = ["Cards", "Queues", "Time"],
                ["Runs"] = ["Cards", "Fleet", "Queues", "Time", "Workload"],
                ["Planning"] = ["Cards", "Queues", "Runs", "Workload"],
            },
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
        },
        ["Protocols"] = new([]) { Folders = [] },
        ["Gateway"] = new(["Abstractions", "Client", "Client.PostgreSql", "Client.Redis", "Protocols", "ServiceDefaults"])
        {
            Folders = new()
            {
                ["Calls"] = [],
                ["Configuration"] = [],
                ["Errors"] = [],
                ["Models"] = ["Configuration", "Errors"],
                ["Tenants"] = ["Configuration", "Logging", "Telemetry"],
                ["Admission"] = ["Calls", "Configuration", "Errors", "Models", "Tenants"],
                ["Json"] = ["Errors"],
                ["Http"] = ["Admission", "Configuration", "Errors", "Json"],
                ["ApiDocs"] = ["Dialects", "Errors"],
                ["Admin"] = ["Admission", "ApiDocs", "Errors", "Http", "Json", "Tenants"],
                ["Logging"] = [],
                ["Health"] = ["Configuration", "Logging"],
                ["Dialects"] = ["Calls", "Configuration", "Errors", "Json"],
                ["Dialects/Cohere"] = ["Calls", "Configuration", "Dialects", "Errors", "Json"],
                ["Dialects/Infinity"] = ["Calls", "Configuration", "Dialects", "Dialects/Cohere", "Errors", "Json"],
                ["Dialects/KServe"] = ["Calls", "Configuration", "Dialects", "Errors", "Json"],
                ["Dialects/Nim"] = ["Calls", "Configuration", "Dialects", "Dialects/Cohere", "Errors", "Json"],
                ["Dialects/Tei"] = ["Calls", "Configuration", "Dialects", "Errors", "Json"],
                ["Dialects/Vllm"] = ["Calls", "Configuration", "Dialects", "Dialects/Cohere", "Errors", "Json"],
                ["Dialects/Voyage"] = ["Calls", "Configuration", "Dialects", "Dialects/Cohere", "Errors", "Json"],
                ["Playground"] = ["ApiDocs", "Configuration", "Http"],
                ["Info"] =
                [
                    "Admission", "ApiDocs", "Configuration", "Dialects/Cohere", "Dialects/KServe", "Dialects/Nim", "Dialects/Tei", "Errors", "Health", "Http",
                    "Models", "Playground",
                ],
                ["Telemetry"] = [],
                ["Reranking"] =
                [
                    "Admission", "Calls", "Configuration", "Dialects", "Errors", "Health", "Http", "Json", "Logging", "Models", "Telemetry",
                    "Tenants",
                ],
                ["Bulk"] =
                [
                    "Admission", "Calls", "Configuration", "Dialects", "Dialects/Cohere", "Errors", "Http", "Json", "Logging", "Reranking",
                    "Telemetry", "Tenants",
                ],
                ["Rpc"] =
                [
                    "Admission", "Calls", "Configuration", "Dialects/Cohere", "Errors", "Http", "Logging", "Reranking", "Telemetry",
                ],
                ["Rpc/Health"] = ["Configuration", "Health"],
                ["Rpc/KServe"] = ["Calls", "Configuration", "Dialects/KServe", "Errors", "Health", "Models", "Rpc"],
                ["Rpc/Tei"] = ["Admission", "Calls", "Configuration", "Errors", "Health", "Rpc"],
                ["Rpc/V1"] = ["Calls", "Configuration", "Errors", "Rpc"],
                ["Routing"] =
                [
                    "ApiDocs", "Bulk", "Configuration", "Dialects", "Dialects/Cohere", "Dialects/Infinity", "Dialects/KServe", "Dialects/Nim", "Dialects/Tei",
                    "Dialects/Vllm", "Dialects/Voyage", "Errors", "Http", "Reranking", "Rpc",
                ],
                ["Hosting"] =
                [
                    "Admin", "Admission", "ApiDocs", "Bulk", "Configuration", "Health", "Http", "Info", "Models", "Playground", "Reranking", "Routing", "Rpc",
                    "Rpc/Health", "Rpc/KServe", "Rpc/Tei", "Rpc/V1", "Tenants",
                ],
                ["."] = ["Hosting"],
            },
        },
        ["Tool"] = new(["Abstractions", "Inference", "ServiceDefaults", "Onnx", "Benchmarking", "Client", "Client.PostgreSql", "Client.Redis", "Grains", "Simulation", "Silo", "Protocols", "Gateway"])
        {
            Folders = new()
            {
                ["Input"] = [],
                ["Logging"] = [],
                ["Output"] = ["Logging"],
                ["Bulk"] = ["Input", "Output"],
                ["Hub"] = [],
                ["Catalog"] = [],
                ["Models"] = ["Catalog", "Hub", "Input", "Output"],
                ["Triton"] = ["Input"],
                ["ScoreMaps"] = ["Input"],
                ["Arguments"] = ["Input", "Models"],
                ["Doctor/Facts"] = [],
                ["Doctor"] = ["Doctor/Facts"],
                ["Doctor/Probes"] = ["Doctor", "Doctor/Facts", "Hub", "Models", "Output"],
                ["Commands"] = ["Arguments", "Bulk", "Catalog", "Doctor", "Doctor/Facts", "Doctor/Probes", "Hub", "Input", "Models", "Output", "ScoreMaps", "Triton"],
                ["."] = ["Commands"],
            },
        },
    };

    /// <summary>Names that more than one type has. Every entry is to go; none is to come.</summary>
    public static readonly string[] KnownTwins =
    [];
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
