using System.Collections;
using System.Reflection;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Reranker.Fleet;
using Reranker.Grains.Fleet;
using Reranker.Grains.Models;
using Reranker.Grains.Placement;
using Reranker.Models;
using Reranker.Requests;
using Reranker.Workers;

namespace Reranker.Grains.Tests.Wire;

/// <summary>
/// The bytes of every record of the wire, as the first release wrote them. A silo of that release must be able to read
/// what this one writes, and the other way round: a record may grow by new ids, and never change an old one. A record that
/// has grown has a second entry in which its new members have values, and one more for each time it grew again.
/// </summary>
public sealed class WireFormatTests
{
    private static readonly string GoldenPath = Path.Combine(AppContext.BaseDirectory, "Wire", "golden.json");

    private static readonly WorkerLoad Load = new()
    {
        QueuedTokens = 1_000,
        TokensPerSecond = 12_345.5,
        InFlightMicroseconds = 7,
        BacklogMicroseconds = 8,
        State = WorkerState.Ready,
        Sequence = 9,
    };

    private static readonly FleetHint Hint = new()
    {
        ExpectedWaitMilliseconds = 3,
        TokensPerSecond = 99.5,
        TokensPerCharacter = 0.25,
        ReadyWorkers = 2,
    };

    private static readonly ModelInfo Model = new()
    {
        Name = "mini",
        Identity = "abc",
        Precision = "int8",
        MaxPairTokens = 512,
        ReadyWorkers = 2,
        VocabularySize = 8_000,
    };

    private static readonly RouteModel Route = new() { Name = "mini", Shares = [new ModelShare { Identity = "abc", Weight = 0.5 }] };

    private static readonly ModelDirectives Directives = new()
    {
        Revision = 7,
        Loaded = [new ModelPlacement("abc", "mini", "/models/mini", 6)],
        Retired = ["def"],
        Routes = [Route],
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

    private static readonly Dictionary<string, object> Samples = new()
    {
        ["rerank-request"] = new RerankRequest
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
        },
        ["rerank-reply"] = Reply,
        ["rerank-reply-2"] = Grown,
        ["rerank-reply-3"] = Grown with { WorkerMicroseconds = 6 },
        ["score-request"] = new ScoreRequest
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
        },
        ["score-reply"] = Scored,
        ["score-reply-2"] = Scored with { TotalMicroseconds = 25 },
        ["worker-load"] = Load,
        ["work-progress"] = new WorkProgress { Stage = WorkStage.Running, RunningMicroseconds = 11, PredictedMicroseconds = 12, Load = Load },
        ["fleet-info"] = new FleetInfo
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
                    Load = Load,
                    MaxBatchTokens = 64,
                },
            ],
            Hint = Hint,
        },
        ["silo-description"] = new SiloDescription { Name = "s", Workers = [Description], Directives = Directives },
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
        ["worker-host-gone"] = new WorkerHostGoneException("k#0"),
    };

    public static TheoryData<string> Names => [.. Samples.Keys];

    private static Serializer Serializer { get; } =
        new ServiceCollection().AddSerializer().BuildServiceProvider().GetRequiredService<Serializer>();

    [Theory]
    [MemberData(nameof(Names))]
    public void A_record_is_written_as_the_first_release_wrote_it(string name)
    {
        var golden = JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllText(GoldenPath))!;

        var bytes = Serializer.SerializeToArray(Samples[name]);
        if (HasGrown(name))
        {
            // New members come after the old ones, before the byte that ends the record.
            var first = Convert.FromBase64String(golden[name])[..^1];
            Assert.Equal(first, bytes.Take(first.Length));
        }
        else
        {
            Assert.Equal(golden[name], Convert.ToBase64String(bytes));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_the_first_release_wrote_is_read_in_every_property(string name)
    {
        var golden = JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllText(GoldenPath))!;

        AssertSame(Samples[name], Serializer.Deserialize<object>(Convert.FromBase64String(golden[name])));
    }

    [Fact]
    public void A_request_from_before_there_were_chunks_asks_for_none()
    {
        const string Before = "MAEbrw0+L3JlcmFua2VyLnJlcmFuay1yZXF1ZXN06EADcSEABUEDYUADYuBBCW1pbmkB4i4h6AABAQUBBQEiAwHJAXngQQN04A==";

        var truncation = Serializer.Deserialize<RerankRequest>(Convert.FromBase64String(Before))!.Truncation;

        Assert.Equal((30, 1), (truncation.MaxQueryTokens, truncation.MaxChunks));
    }

    [Fact]
    public void Every_record_of_the_wire_has_a_sample_in_which_nothing_is_left_at_its_default()
    {
        var seen = new HashSet<Type>();
        foreach (var (name, sample) in Samples)
        {
            if (!HasGrown(name))
            {
                Visit(sample, seen);
            }
        }

        var records = typeof(RerankRequest).Assembly.GetTypes()
            .Where(t => t is { IsEnum: false, IsInterface: false, IsPublic: true } && t.GetCustomAttribute<GenerateSerializerAttribute>() is not null);
        Assert.All(records, t => Assert.Contains(t, seen));
    }

    private static bool HasGrown(string name)
    {
        var dash = name.LastIndexOf('-');
        return int.TryParse(name.AsSpan(dash + 1), out var release)
            ? Samples.ContainsKey($"{name[..dash]}-{release + 1}")
            : Samples.ContainsKey($"{name}-2");
    }

    private static void Visit(object value, HashSet<Type> seen)
    {
        seen.Add(value.GetType());
        foreach (var property in Wired(value.GetType()))
        {
            var member = property.GetValue(value);
            Assert.False(
                member is null || member.Equals(member.GetType().IsValueType ? Activator.CreateInstance(member.GetType()) : "")
                    && property.Name != nameof(TruncationOptions.Allowed),
                $"{value.GetType().Name}.{property.Name} has no value in its sample");
            foreach (var item in member is IEnumerable and not string ? ((IEnumerable)member).Cast<object>() : [member])
            {
                Visit(item, seen);
            }
        }
    }

    private static void AssertSame(object? expected, object? actual)
    {
        Assert.Equal(expected?.GetType(), actual?.GetType());
        if (expected is Exception e)
        {
            Assert.Equal(e.Message, ((Exception)actual!).Message);
        }
        else if (expected is IEnumerable and not string)
        {
            var (left, right) = (((IEnumerable)expected).Cast<object>().ToArray(), ((IEnumerable)actual!).Cast<object>().ToArray());
            Assert.Equal(left.Length, right.Length);
            Assert.All(left.Zip(right), p => AssertSame(p.First, p.Second));
        }
        else if (expected is not null && Wired(expected.GetType()).ToArray() is { Length: > 0 } properties)
        {
            Assert.All(properties, p => AssertSame(p.GetValue(expected), p.GetValue(actual)));
        }
        else
        {
            Assert.Equal(expected, actual);
        }
    }

    private static IEnumerable<PropertyInfo> Wired(Type type)
        => type.GetProperties().Where(p => p.GetCustomAttribute<IdAttribute>() is not null);
}
