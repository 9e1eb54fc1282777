using System.Buffers.Binary;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Reranker.Gateway.Tests.Fakes;
using Reranker.Protocols.KServeWire;

namespace Reranker.Gateway.Tests.Rpc;

public sealed class KServeServiceTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tensors_of_texts_become_tensors_of_scores_in_their_order_and_shape()
    {
        await using var host = await RpcTestHost.StartAsync();
        var request = CreateRequest(["q"], ["a", "aaa"]);
        request.Inputs[1].Shape.Clear();
        request.Inputs[1].Shape.Add([2, 1]);

        var reply = await CreateClient(host).ModelInferAsync(request, cancellationToken: Cancelled);

        Assert.Equal((ScriptedReranker.Model, ScriptedReranker.Identity, "7"), (reply.ModelName, reply.ModelVersion, reply.Id));
        Assert.Equal(["scores", "logits"], reply.Outputs.Select(static output => output.Name));
        Assert.All(reply.Outputs, static output => Assert.Equal(("FP32", "2,1"), (output.Datatype, string.Join(',', output.Shape))));
        Assert.Equal([ScriptedReranker.LogitOf("a"), ScriptedReranker.LogitOf("aaa")], reply.Outputs[1].Contents!.Fp32Contents);
        Assert.Empty(reply.RawOutputContents);
    }

    [Fact]
    public async Task Raw_tensors_are_answered_with_raw_tensors()
    {
        await using var host = await RpcTestHost.StartAsync();
        var request = CreateRequest(["q"], ["a", "aäa"]);
        foreach (var input in request.Inputs)
        {
            request.RawInputContents.Add(ByteString.CopyFrom([.. input.Contents!.BytesContents.SelectMany(static text => Element(text.ToStringUtf8()))]));
            input.Contents = null;
        }

        request.Outputs.Add(new ModelInferRequest.Types.InferRequestedOutputTensor { Name = "logits" });

        var reply = await CreateClient(host).ModelInferAsync(request, cancellationToken: Cancelled);

        Assert.Equal(["a", "aäa"], Assert.Single(host.Reranker.Calls).Passages);
        Assert.Null(Assert.Single(reply.Outputs).Contents);
        var raw = Assert.Single(reply.RawOutputContents).ToByteArray();
        Assert.Equal(ScriptedReranker.LogitOf("aäa"), BinaryPrimitives.ReadSingleLittleEndian(raw.AsSpan(4)));
    }

    [Fact]
    public async Task A_query_for_each_passage_is_scored_with_its_passage()
    {
        await using var host = await RpcTestHost.StartAsync();
        host.Reranker.Logit = static (query, passage) => query.Length - passage.Length;

        var reply = await CreateClient(host).ModelInferAsync(CreateRequest(["q", "qqqq"], ["a", "a"]), cancellationToken: Cancelled);

        Assert.Equal([0f, 3f], reply.Outputs[1].Contents.Fp32Contents);
    }

    [Fact]
    public async Task What_is_no_tensor_of_a_reranker_is_refused_with_a_reason()
    {
        await using var host = await RpcTestHost.StartAsync();
        (Action<ModelInferRequest> Change, string Reason)[] faults =
        [
            (static request => request.Inputs.RemoveAt(0), "'query' is missing"),
            (static request => request.Inputs.RemoveAt(1), "'passages' is missing"),
            (static request => request.Inputs[0].Name = "input_ids", "no such input"),
            (static request => request.Inputs[0].Name = "passages", "twice"),
            (static request => request.Inputs[0].Datatype = "INT64", "type BYTES"),
            (static request => request.Inputs[1].Shape[0] = 3, "shape"),
            (static request => request.Inputs[1].Shape.Add([long.MaxValue, long.MaxValue]), "shape"),
            (static request => request.Inputs[1].Shape.Add(-2), "shape"),
            (static request => request.Inputs[1].Contents!.BytesContents[0] = ByteString.CopyFrom(0xFF), "UTF-8"),
            (static request => request.Inputs[0].Contents.BytesContents[0] = ByteString.CopyFromUtf8(" "), "'query' must not be empty"),
            (static request => request.Outputs.Add(new ModelInferRequest.Types.InferRequestedOutputTensor { Name = "other" }), "no such output"),
            (static request => request.RawInputContents.Add(ByteString.Empty), "raw_input_contents"),
            (static request => request.RawInputContents.Add([ByteString.Empty, ByteString.Empty]), "'contents' must not be there"),
            (static request => request.Parameters.Add("truncate", new InferParameter { StringParam = "yes" }), "must be a bool"),
        ];
        foreach (var (change, reason) in faults)
        {
            var request = CreateRequest(["q"], ["a", "b"]);
            change(request);

            var error = await RpcTestHost.FailAsync(CreateClient(host).ModelInferAsync(request, cancellationToken: Cancelled));

            Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
            Assert.Contains(reason, error.Status.Detail, StringComparison.Ordinal);
        }

        Assert.Empty(host.Reranker.Calls);
    }

    [Fact]
    public async Task A_version_is_an_identity()
    {
        await using var host = await RpcTestHost.StartAsync();
        var client = CreateClient(host);
        var request = CreateRequest(["q"], ["a"]);
        request.ModelVersion = ScriptedReranker.Identity;
        await client.ModelInferAsync(request, cancellationToken: Cancelled);
        request.ModelVersion = "1";

        var error = await RpcTestHost.FailAsync(client.ModelInferAsync(request, cancellationToken: Cancelled));

        Assert.Equal(ScriptedReranker.Identity, host.Reranker.Calls.First().Options.Model);
        Assert.Equal(StatusCode.NotFound, error.StatusCode);
    }

    [Fact]
    public async Task Server_and_models_tell_what_they_are()
    {
        await using var host = await RpcTestHost.StartAsync();
        var client = CreateClient(host);

        Assert.True((await client.ServerLiveAsync(new ServerLiveRequest(), cancellationToken: Cancelled)).Live);
        Assert.True((await client.ServerReadyAsync(new ServerReadyRequest(), cancellationToken: Cancelled)).Ready);
        Assert.True((await client.ModelReadyAsync(new ModelReadyRequest { Name = ScriptedReranker.Model }, cancellationToken: Cancelled)).Ready);
        Assert.Equal("reranker", (await client.ServerMetadataAsync(new ServerMetadataRequest(), cancellationToken: Cancelled)).Name);
        var model = await client.ModelMetadataAsync(new ModelMetadataRequest { Name = ScriptedReranker.Model }, cancellationToken: Cancelled);
        var error = await RpcTestHost.FailAsync(client.ModelReadyAsync(new ModelReadyRequest { Name = "other" }, cancellationToken: Cancelled));

        Assert.Equal([ScriptedReranker.Identity], model.Versions);
        Assert.Equal(["query BYTES -1", "passages BYTES -1"], model.Inputs.Select(Describe));
        Assert.Equal(["scores FP32 -1", "logits FP32 -1"], model.Outputs.Select(Describe));
        Assert.Equal(StatusCode.NotFound, error.StatusCode);
        static string Describe(ModelMetadataResponse.Types.TensorMetadata tensor) => $"{tensor.Name} {tensor.Datatype} {string.Join(',', tensor.Shape)}";
    }

    private static GRPCInferenceService.GRPCInferenceServiceClient CreateClient(RpcTestHost host) => new(host.Channel);

    private static ModelInferRequest CreateRequest(string[] queries, string[] passages) => new()
    {
        ModelName = ScriptedReranker.Model,
        Id = "7",
        Inputs = { CreateTensor("query", queries), CreateTensor("passages", passages) },
    };

    private static ModelInferRequest.Types.InferInputTensor CreateTensor(string name, string[] texts) => new()
    {
        Name = name,
        Datatype = "BYTES",
        Shape = { texts.Length },
        Contents = new InferTensorContents { BytesContents = { texts.Select(ByteString.CopyFromUtf8) } },
    };

    private static byte[] Element(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        return [.. length, .. bytes];
    }
}
