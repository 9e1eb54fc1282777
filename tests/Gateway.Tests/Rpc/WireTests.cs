using Google.Protobuf;
using Reranker.Protocols.KServeWire;
using Reranker.Protocols.TeiWire;
using V1 = Reranker.Protocols.Wire;

namespace Reranker.Gateway.Tests.Rpc;

/// <summary>
/// The bytes of messages, written out field by field: a number, a name or a type that changes would be another contract, and clients
/// that were built against it would read nonsense.
/// </summary>
public sealed class WireTests
{
    [Fact]
    public void Messages_of_text_embeddings_inference_have_its_field_numbers()
    {
        AssertBytes(
            new RerankRequest { Query = "q", Texts = { "a", "b" }, Truncate = true, RawScores = true, ReturnText = true, TruncationDirection = TruncationDirection.Left },
            "0A0171 120161 120162 1801 2001 2801 3001");
        AssertBytes(
            new RerankStreamRequest { Query = "q", Text = "a", Truncate = true, RawScores = true, ReturnText = true, TruncationDirection = TruncationDirection.Left },
            "0A0171 120161 1801 2001 2801 3001");
        AssertBytes(
            new RerankResponse { Ranks = { new Rank { Index = 3, Text = "a", Score = 0.5f } }, Metadata = new Metadata { ComputeChars = 1, ComputeTokens = 2, TotalTimeNs = 3, TokenizationTimeNs = 4, QueueTimeNs = 5, InferenceTimeNs = 6 } },
            "0A0A 0803 120161 1D0000003F 120C 0801 1002 1803 2004 2805 3006");
        AssertBytes(
            new PredictPairRequest { Inputs = { "q", "a" }, Truncate = true, RawScores = true, TruncationDirection = TruncationDirection.Left },
            "0A0171 0A0161 1001 1801 2001");
        AssertBytes(new PredictRequest { Inputs = "q", Truncate = true, RawScores = true, TruncationDirection = TruncationDirection.Left }, "0A0171 1001 1801 2001");
        AssertBytes(new PredictResponse { Predictions = { new Prediction { Score = 0.5f, Label = "L" } }, Metadata = new Metadata() }, "0A08 0D0000003F 12014C 1200");
        AssertBytes(
            new InfoResponse
            {
                Version = "v",
                Sha = "s",
                DockerLabel = "d",
                ModelId = "m",
                ModelSha = "i",
                ModelDtype = "f",
                ModelType = ModelType.Reranker,
                MaxConcurrentRequests = 1,
                MaxInputLength = 2,
                MaxBatchTokens = 3,
                MaxBatchRequests = 4,
                MaxClientBatchSize = 5,
                TokenizationWorkers = 6,
            },
            "0A0176 120173 1A0164 22016D 2A0169 320166 3802 4001 4802 5003 5804 6005 6806");
    }

    [Fact]
    public void Messages_of_the_open_inference_protocol_have_its_field_numbers()
    {
        AssertBytes(
            new ModelInferRequest
            {
                ModelName = "m",
                ModelVersion = "v",
                Id = "i",
                Parameters = { { "p", new InferParameter { BoolParam = true } } },
                Inputs =
                {
                    new ModelInferRequest.Types.InferInputTensor
                    {
                        Name = "q", Datatype = "BYTES", Shape = { 1 }, Parameters = { { "n", new InferParameter { Int64Param = 2 } } },
                        Contents = new InferTensorContents { BytesContents = { ByteString.CopyFromUtf8("t") } },
                    },
                },
                Outputs = { new ModelInferRequest.Types.InferRequestedOutputTensor { Name = "s", Parameters = { { "n", new InferParameter { StringParam = "x" } } } } },
                RawInputContents = { ByteString.CopyFromUtf8("r") },
            },
            "0A016D 120176 1A0169 2207 0A0170 1202 0801"
            + "2A1B 0A0171 12054259544553 1A0101 2207 0A016E 1202 1002 2A03 420174"
            + "320D 0A0173 1208 0A016E 1203 1A0178 3A0172");
        AssertBytes(
            new ModelInferResponse
            {
                ModelName = "m",
                ModelVersion = "v",
                Id = "i",
                Parameters = { { "p", new InferParameter { DoubleParam = 1 } } },
                Outputs =
                {
                    new ModelInferResponse.Types.InferOutputTensor
                    {
                        Name = "s", Datatype = "FP32", Shape = { 2 }, Parameters = { { "n", new InferParameter { Uint64Param = 3 } } },
                        Contents = new InferTensorContents { Fp32Contents = { 0.5f } },
                    },
                },
                RawOutputContents = { ByteString.CopyFromUtf8("r") },
            },
            "0A016D 120176 1A0169 220E 0A0170 1209 21000000000000F03F"
            + "2A1D 0A0173 120446503332 1A0102 2207 0A016E 1202 2803 2A06 32040000003F 320172");
        AssertBytes(
            new ModelMetadataResponse
            {
                Name = "m",
                Versions = { "v" },
                Platform = "p",
                Inputs = { new ModelMetadataResponse.Types.TensorMetadata { Name = "q", Datatype = "T", Shape = { -1 } } },
                Outputs = { new ModelMetadataResponse.Types.TensorMetadata { Name = "s" } },
            },
            "0A016D 120176 1A0170 2212 0A0171 120154 1A0AFFFFFFFFFFFFFFFFFF01 2A03 0A0173");
        AssertBytes(new ModelMetadataRequest { Name = "m", Version = "v" }, "0A016D 120176");
        AssertBytes(new ModelReadyRequest { Name = "m", Version = "v" }, "0A016D 120176");
        AssertBytes(new ModelReadyResponse { Ready = true }, "0801");
        AssertBytes(new ServerLiveResponse { Live = true }, "0801");
        AssertBytes(new ServerReadyResponse { Ready = true }, "0801");
        AssertBytes(new ServerMetadataResponse { Name = "n", Version = "v", Extensions = { "e" } }, "0A016E 120176 1A0165");
        Assert.Equal(
            [1, 2, 3, 4, 5, 6, 7, 8],
            InferTensorContents.Descriptor.Fields.InFieldNumberOrder().Select(static field => field.FieldNumber));
    }

    [Fact]
    public void Our_own_messages_keep_theirs()
    {
        AssertBytes(
            new V1.RerankRequest
            {
                Query = "q",
                Passages = { "a" },
                Model = "m",
                TopN = 1,
                ReturnTexts = true,
                Id = "i",
                TimeoutMs = 2,
                PartialScores = true,
                Truncation = new V1.Truncation
                {
                    Allowed = false,
                    Strategy = V1.TruncationStrategy.LongestFirst,
                    Side = V1.TruncationSide.Left,
                    MaxPairTokens = 1,
                    MaxPassageTokens = 2,
                    MaxQueryTokens = 3,
                    MaxChunks = 4,
                    ChunkOverlap = 5,
                },
            },
            "0A0171 120161 1A016D 2001 2801 3210 0800 1002 1802 2001 2802 3003 3804 4005 3A0169 4002 4801");
        AssertBytes(
            new V1.RerankResponse
            {
                Id = "i",
                Model = "m",
                ModelIdentity = "h",
                Results = { new V1.RerankedPassage { Index = 1, Score = 1, Logit = 0.5f, Tokens = 2, TruncatedTokens = 3, Chunks = 4, Text = "t" } },
                Usage = new V1.Usage { Tokens = 1, QueryTokens = 2, TruncatedQueryTokens = 3, TruncatedPassages = 4, ChunkedPassages = 5 },
                Timings = new V1.Timings { TotalUs = 1, TokenizationUs = 2, QueueUs = 3, InferenceUs = 4 },
            },
            "0A0169 1219 0801 11000000000000F03F 1D0000003F 2002 2803 3004 3A0174 1A016D 220168 2A0A 0801 1002 1803 2004 2805 3208 0801 1002 1803 2004");
        AssertBytes(
            new V1.RerankStreamReply { Id = "i", Sequence = 2, Error = new V1.RequestError { Code = 3, Message = "m", RetryAfterMs = 4 } },
            "0A0169 1002 2207 0803 12016D 1804");
        AssertBytes(new V1.RerankStreamReply { Response = new V1.RerankResponse() }, "1A00");
        AssertBytes(
            new V1.RerankStreamReply
            {
                Partial = new V1.PartialScores { Generation = 1, Results = { new V1.RerankedPassage { Index = 1 } }, Model = "m", ModelIdentity = "h" },
            },
            "2A0C 0801 1202 0801 1A016D 220168");
    }

    [Theory]
    [InlineData("tei.v1.Rerank", "Rerank RerankStream<")]
    [InlineData("tei.v1.Predict", "Predict PredictPair PredictStream<> PredictPairStream<>")]
    [InlineData("tei.v1.Info", "Info")]
    [InlineData("inference.GRPCInferenceService", "ServerLive ServerReady ModelReady ServerMetadata ModelMetadata ModelInfer")]
    [InlineData("reranker.v1.Rerank", "Rerank RerankStream<>")]
    public void Services_have_their_names_and_streams(string name, string methods)
    {
        var services = TeiReflection.Descriptor.Services.Concat(OpenInferenceReflection.Descriptor.Services).Concat(V1.RerankReflection.Descriptor.Services);

        var service = services.Single(service => service.FullName == name);

        Assert.Equal(methods, string.Join(' ', service.Methods.Select(static method =>
            $"{method.Name}{(method.IsClientStreaming ? "<" : "")}{(method.IsServerStreaming ? ">" : "")}")));
    }

    private static void AssertBytes<T>(T message, string hex)
        where T : IMessage<T>
    {
        var expected = hex.Replace(" ", "", StringComparison.Ordinal);
        Assert.Equal(expected, Convert.ToHexString(message.ToByteArray()));
    }
}
