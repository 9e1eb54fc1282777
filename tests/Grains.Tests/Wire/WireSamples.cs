using Reranker.Fleet;
using Reranker.Grains.Fleet;
using Reranker.Grains.Models;
using Reranker.Grains.Placement;
using Reranker.Grains.Rollout;
using Reranker.Grains.Workers;
using Reranker.Models;
using Reranker.Quotas;
using Reranker.Requests;
using Reranker.Workers;

namespace Reranker.Grains.Tests.Wire;

/// <summary>Every record of the wire with a value in every member.</summary>
internal static class WireSamples
{
    private static readonly WorkerLoad Load = new()
    {
        QueuedTokens = 1_000,
        TokensPerSecond = 12_345.5,
        InFlightMicroseconds = 7,
        BacklogMicroseconds = 8,
        State = WorkerState.Ready,
        Sequence = 9,
    };

    private static readonly WorkerLoad LoadByModel = Load with
    {
        Models =
        [
            new ModelLoad
            {
                Identity = "abc",
                QueuedTokens = 1_000,
                TokensPerSecond = 12_345.5,
                InFlightMicroseconds = 7,
                BacklogMicroseconds = 8,
                State = WorkerState.Ready,
            },
        ],
    };

    private static readonly FleetHint Hint = new()
    {
        ExpectedWaitMilliseconds = 3,
        TokensPerSecond = 99.5,
        TokensPerCharacter = 0.25,
        ReadyWorkers = 2,
    };

    private static readonly FleetHint HintOfModel = Hint with { ModelIdentity = "abc" };

    private static readonly ModelInfo Model = new()
    {
        Name = "mini",
        Identity = "abc",
        Precision = "int8",
        MaxPairTokens = 512,
        ReadyWorkers = 2,
        VocabularySize = 8_000,
    };

    private static readonly ModelInfo CalibratedModel = Model with { Calibration = "max, on 60 pairs" };

    private static readonly RouteModel Route = new() { Name = "mini", Shares = [new ModelShare { Identity = "abc", Weight = 0.5 }] };

    private static readonly ModelDirectives Directives = new()
    {
        Revision = 7,
        Loaded = [new ModelPlacement("abc", "mini", "/models/mini", 6)],
        Retired = ["def"],
        Routes = [Route],
    };

    private static readonly ModelDirectives GrownDirectives = Directives with
    {
        RetiredAt = [new DirectiveRevision("def", 5)],
        RoutedAt = [new DirectiveRevision("mini", 7)],
    };

    private static readonly WorkerDescription Description = new()
    {
        Ordinal = 1,
        Device = "device",
        ExecutionProvider = "CPU",
        FallbackReason = "no GPU",
        Lanes = 2,
        MaxBatchTokens = 8_192,
        Models = [Model],
        Load = Load,
    };

    private static readonly RerankRequest Request = new()
    {
        Query = "q",
        Passages = ["a", "b"],
        Model = "mini",
        RemainingMilliseconds = 1_500,
        Truncation = new TruncationOptions
        {
            Allowed = false,
            Strategy = TruncationStrategy.LongestFirst,
            Side = TruncationSide.Left,
            MaxPairTokens = 100,
            MaxPassageTokens = 50,
            MaxQueryTokens = 30,
            MaxChunks = 3,
            ChunkOverlap = 16,
        },
        Tenant = "t",
        RouteKey = "r",
    };

    private static readonly RerankReply Reply = new()
    {
        Outcome = RerankOutcome.Busy,
        Error = "e",
        Logits = [1.5f, -2],
        PairTokens = [10, 11],
        CutTokens = [0, 3],
        QueryTokens = 4,
        QueryCutTokens = 1,
        Model = "mini",
        ModelIdentity = "abc",
        Timings = new RerankTimings
        {
            TokenizationMicroseconds = 1,
            QueueMicroseconds = 2,
            InferenceMicroseconds = 3,
            TotalMicroseconds = 4,
            SubBatches = 5,
        },
        Hint = Hint,
        RetryAfterMilliseconds = 250,
    };

    private static readonly RerankReply Grown = Reply with { Silo = "127.0.0.1:11111@9", Silos = 3, Chunks = [1, 2] };

    private static readonly ScoreRequest Score = new()
    {
        ModelIdentity = "abc",
        QueryIds = [1, 0],
        PassageIds = [2, 0, 3, 0],
        PassageLengths = [1, 1],
        BytesPerId = 2,
        QueryLengths = [1, 0],
        KeepQueryEnd = true,
        RemainingMilliseconds = 1_000,
        Tenant = "t",
        RequestId = new Guid("00112233-4455-6677-8899-aabbccddeeff"),
        Attempt = 2,
    };

    private static readonly ScoreReply Scored = new()
    {
        Outcome = ScoreOutcome.Failed,
        Logits = [0.5f],
        Error = "e",
        Load = Load,
        QueueMicroseconds = 10,
        InferenceMicroseconds = 20,
        Batches = 3,
    };

    private static readonly WorkProgress Progress = new()
    {
        Stage = WorkStage.Running,
        RunningMicroseconds = 11,
        PredictedMicroseconds = 12,
        Load = Load,
    };

    private static readonly SiloDescription Silo = new() { Name = "s", Workers = [Description], Directives = Directives };

    /// <summary>By the names of the golden file.</summary>
    public static readonly Dictionary<string, object> All = new()
    {
        ["rerank-request"] = Request,
        ["rerank-request-2"] = Request with { Priority = WorkPriority.Low },
        ["rerank-request-3"] = Request with { Priority = WorkPriority.Low, ChunkAtSentences = true },
        ["rerank-request-4"] = Request with { Priority = WorkPriority.Low, ChunkAtSentences = true, PartsId = new Guid("00112233-4455-6677-8899-aabbccddeeff") },
        ["rerank-parts"] = new RerankParts
        {
            IsUnderWay = true,
            Model = "mini",
            ModelIdentity = "abc",
            Passages = [3, 1],
            Logits = [1.5f, -2],
            PairTokens = [10, 11],
            CutTokens = [0, 3],
            Chunks = [1, 2],
        },
        ["rerank-reply"] = Reply,
        ["rerank-reply-2"] = Grown,
        ["rerank-reply-3"] = Grown with { WorkerMicroseconds = 6 },
        ["rerank-reply-4"] = Grown with { WorkerMicroseconds = 6, Hint = HintOfModel },
        ["score-request"] = Score,
        ["score-request-2"] = Score with { RequestTokens = 77 },
        ["score-request-3"] = Score with { RequestTokens = 77, Priority = WorkPriority.Low },
        ["score-request-4"] = Score with { RequestTokens = 77, Priority = WorkPriority.Low, Template = [101, 102, 103] },
        ["score-reply"] = Scored,
        ["score-reply-2"] = Scored with { TotalMicroseconds = 25 },
        ["score-reply-3"] = Scored with { TotalMicroseconds = 25, Load = LoadByModel },
        ["worker-load"] = Load,
        ["worker-load-2"] = LoadByModel,
        ["work-progress"] = Progress,
        ["work-progress-2"] = Progress with { Load = LoadByModel },
        ["fleet-info"] = Info(Load, Hint),
        ["fleet-info-2"] = Info(LoadByModel, HintOfModel) with { Hints = [HintOfModel] },
        ["fleet-info-3"] = Info(LoadByModel, HintOfModel) with { Hints = [HintOfModel], Models = [CalibratedModel] },
        ["quota-lease-request"] = new QuotaLeaseRequest
        {
            Gateway = new Guid("00112233-4455-6677-8899-aabbccddeeff"),
            KnownGateways = 3,
            Demands = [new QuotaDemand { Tenant = "t", TokensPerSecond = 12.5, HeldShare = 0.25 }],
        },
        ["quota-lease-reply"] = new QuotaLeaseReply
        {
            TermMilliseconds = 10_000,
            Gateways = 3,
            Shares = [new QuotaShare { Tenant = "t", Share = 0.25 }],
        },
        ["silo-description"] = Silo,
        ["silo-description-2"] = Silo with { Directives = GrownDirectives },
        ["silo-description-3"] = Silo with { Directives = GrownDirectives, Workers = [Description with { Load = LoadByModel }] },
        ["silo-description-4"] = Silo with
        {
            Directives = GrownDirectives,
            Workers = [Description with { Load = LoadByModel, Models = [CalibratedModel] }],
        },
        ["load-model"] = new LoadModel { Folder = "/models/mini", Name = "mini" },
        ["unload-model"] = new UnloadModel { Identity = "abc", Force = true },
        ["route-model"] = Route,
        ["model-admin-reply"] = new ModelAdminReply
        {
            Outcome = ModelAdminOutcome.Refused,
            Error = "e",
            Models =
            [
                new ModelState
                {
                    Name = "mini",
                    Identity = "abc",
                    IsDefault = true,
                    Weight = 0.5,
                    ReadyWorkers = 2,
                    Silos = [new SiloModelState { Silo = "s", Phase = ModelPhase.Failed, Error = "e", PinnedRequests = 3 }],
                },
            ],
            SilentSilos = ["t"],
        },
        ["silo-models"] = new SiloModels
        {
            Silo = "s",
            Directives = Directives,
            Models = [new SiloModel { Identity = "abc", Name = "mini", Phase = ModelPhase.Failed, Error = "e", Pins = 3 }],
        },
        ["silo-models-2"] = new SiloModels
        {
            Silo = "s",
            Directives = GrownDirectives,
            Models = [new SiloModel { Identity = "abc", Name = "mini", Phase = ModelPhase.Failed, Error = "e", Pins = 3 }],
        },
        ["worker-host-gone"] = new WorkerHostGoneException("k#0"),
    };

    private static FleetInfo Info(WorkerLoad load, FleetHint hint) => new()
    {
        Models = [Model],
        Workers =
        [
            new WorkerInfo
            {
                Key = "k#0",
                Silo = "s",
                Device = "d",
                ExecutionProvider = "CPU",
                FallbackReason = "r",
                ModelIdentities = ["abc"],
                Load = load,
                MaxBatchTokens = 64,
            },
        ],
        Hint = hint,
    };
}
