using Google.Protobuf;
using Grpc.Core;
using Reranker.Gateway.Tests.Fakes;
using Reranker.Gateway.Tests.Rpc;
using Reranker.Protocols.KServeWire;
using Tei = Reranker.Protocols.TeiWire;
using V1 = Reranker.Protocols.Wire;

namespace Reranker.Gateway.Tests.Fuzzing;

/// <summary>
/// Calls of gRPC with messages that are right, nearly right and none: each ends in scores or in a status that tells the caller what is
/// wrong, nothing that it took is kept, and nothing in the gateway fails.
/// </summary>
public sealed class RpcFuzzTests
{
    private const int Cases = 1200;

    // What a message as a whole may be answered. A caller's mistake is neither UNKNOWN nor INTERNAL.
    private static readonly StatusCode[] OfMessages =
        [StatusCode.OK, StatusCode.InvalidArgument, StatusCode.NotFound, StatusCode.ResourceExhausted];

    // Frames may be compressed by something that is not known here.
    private static readonly StatusCode[] OfFrames = [.. OfMessages, StatusCode.Unimplemented];

    private static readonly (string Method, byte[] Message)[] Right =
    [
        ("/reranker.v1.Rerank/Rerank", new V1.RerankRequest { Query = "q", Passages = { "a", "b" }, Truncation = new V1.Truncation { MaxChunks = 2 }, TopN = 1 }.ToByteArray()),
        ("/reranker.v1.Rerank/RerankStream", new V1.RerankRequest { Query = "q", Passages = { "a" }, Id = "1", ReturnTexts = true }.ToByteArray()),
        ("/tei.v1.Rerank/Rerank", new Tei.RerankRequest { Query = "q", Texts = { "a", "b" }, TruncationDirection = Tei.TruncationDirection.Left }.ToByteArray()),
        ("/tei.v1.Rerank/RerankStream", new Tei.RerankStreamRequest { Query = "q", Text = "a", RawScores = true }.ToByteArray()),
        ("/tei.v1.Predict/PredictPair", new Tei.PredictPairRequest { Inputs = { "q", "a" } }.ToByteArray()),
        ("/tei.v1.Predict/PredictPairStream", new Tei.PredictPairRequest { Inputs = { "q", "a" }, Truncate = true }.ToByteArray()),
        ("/inference.GRPCInferenceService/ModelInfer", Tensors(raw: false).ToByteArray()),
        ("/inference.GRPCInferenceService/ModelInfer", Tensors(raw: true).ToByteArray()),
        ("/inference.GRPCInferenceService/ModelReady", new ModelReadyRequest { Name = ScriptedReranker.Model }.ToByteArray()),
    ];

    [Fact]
    public async Task Every_mutated_call_ends_in_a_status_that_says_what_is_wrong()
    {
        await using var host = await RpcTestHost.StartAsync(("MaxBodyBytes", "65536"), ("MaxPassages", "100"));
        var random = new Random(1);
        List<string> faults = [];
        var scored = 0;
        for (var index = 0; index < Cases && faults.Count < 10; index++)
        {
            var (method, message) = Right[random.Next(Right.Length)];
            var bytes = Mutate([.. message], random);
            var isWhole = random.Next(4) > 0;
            var body = isWhole ? RawRpc.Frame(bytes) : BreakFrame(RawRpc.Frame(bytes), random);

            var status = await RawRpc.SendAsync(host.Gateway, method, body);

            scored += status.Code == StatusCode.OK ? 1 : 0;
            if (status.Http != 200 || status.Code is not { } code || !(isWhole ? OfMessages : OfFrames).Contains(code))
            {
                faults.Add($"case {index}: {method} {Convert.ToHexString(body)} -> {status.Http} {status.Code} {status.Message}");
            }
        }

        Assert.True(faults.Count == 0, string.Join('\n', faults));
        Assert.InRange(scored, Cases / 10, Cases);
        Assert.Equal(0, host.Gateway.HeldBytes);
        Assert.DoesNotContain(host.Gateway.Logs.Messages, static message => message.StartsWith("Error", StringComparison.Ordinal));
    }

    private static byte[] Mutate(byte[] message, Random random)
    {
        switch (random.Next(7))
        {
            case 0:
                return message;
            case 1:
                return message[..random.Next(message.Length)];
            case 2:
                message[random.Next(message.Length)] = (byte)random.Next(256);
                return message;
            case 3:
                return [.. message, .. RandomBytes(random, 40)];
            case 4:
                return RandomBytes(random, 60);

            // A message that is a million of its own kind, or claims to be longer than it is.
            case 5:
                return [.. Enumerable.Repeat(message, random.Next(1, 200)).SelectMany(static bytes => bytes)];
            default:
                return [.. message, 0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x07];
        }
    }

    private static byte[] BreakFrame(byte[] frame, Random random)
    {
        switch (random.Next(5))
        {
            case 0:
                return frame[..random.Next(frame.Length)];
            case 1:
                frame[random.Next(5)] = (byte)random.Next(256);
                return frame;
            case 2:
                return [.. frame, .. frame];
            case 3:
                return [.. frame, .. RandomBytes(random, 8)];
            default:
                return [];
        }
    }

    private static byte[] RandomBytes(Random random, int most)
    {
        var bytes = new byte[random.Next(most)];
        random.NextBytes(bytes);
        return bytes;
    }

    private static ModelInferRequest Tensors(bool raw)
    {
        var request = new ModelInferRequest { ModelName = ScriptedReranker.Model, Parameters = { { "truncate", new InferParameter { BoolParam = true } } } };
        foreach (var name in (string[])["query", "passages"])
        {
            request.Inputs.Add(new ModelInferRequest.Types.InferInputTensor { Name = name, Datatype = "BYTES", Shape = { 1 } });
            if (raw)
            {
                request.RawInputContents.Add(ByteString.CopyFrom(1, 0, 0, 0, (byte)'t'));
            }
            else
            {
                request.Inputs[^1].Contents = new InferTensorContents { BytesContents = { ByteString.CopyFromUtf8("t") } };
            }
        }

        return request;
    }
}
