using System.Buffers;
using Google.Protobuf;
using Reranker.Gateway.Calls;
using Reranker.Gateway.Configuration;
using Reranker.Gateway.Dialects.KServe;
using Reranker.Gateway.Errors;
using Reranker.Protocols.KServeWire;

namespace Reranker.Gateway.Rpc.KServe;

/// <summary>Between the messages of <c>inference</c> and calls. Scores go back as the request's texts came: typed, or raw.</summary>
internal static class KServeMessages
{
    private const string Truncate = "truncate";
    private const int MaxTensors = 16;

    /// <summary>Reads a call.</summary>
    /// <exception cref="RequestFormatException">The tensors are not those of a reranker.</exception>
    public static KServeCall ReadCall(ModelInferRequest request, GatewayOptions options)
    {
        if (request.Inputs.Count > MaxTensors || request.Outputs.Count > MaxTensors)
        {
            throw KServeTensors.CreateInvalid($"'inputs' and 'outputs' may have at most {MaxTensors} entries.", "inputs");
        }

        var isRaw = request.RawInputContents.Count > 0;
        if (isRaw && request.RawInputContents.Count != request.Inputs.Count)
        {
            throw KServeTensors.CreateInvalid("'raw_input_contents' must have one entry for each of 'inputs'.", "raw_input_contents");
        }

        KServeInput[] inputs = [.. request.Inputs.Select((input, index) => new KServeInput(
            input.Name, input.Datatype, [.. input.Shape], ReadTexts(input, isRaw ? request.RawInputContents[index] : null, options)))];
        KServeOutput[] outputs = request.Outputs.Count > 0
            ? [.. request.Outputs.Select(output => new KServeOutput(output.Name, isRaw))]
            : [.. KServeTensors.AllOutputs.Select(name => new KServeOutput(name, isRaw))];
        var call = KServeTensors.CreateCall(inputs, outputs, ReadTruncate(request), options);
        return call with
        {
            Id = request.Id,
            Model = request.ModelVersion.Length > 0 ? request.ModelVersion : request.ModelName,
            Truncation = call.Truncation with { MaxChunks = options.MaxChunks, ChunkOverlap = options.ChunkOverlap },
            ChunkAtSentences = options.ChunkAtSentences,
        };
    }

    /// <summary>The reply of a success.</summary>
    public static ModelInferResponse CreateResponse(RerankCall call, RankedReply reply)
    {
        var tensors = (KServeCall)call;
        var passages = reply.Result.Passages;
        var response = new ModelInferResponse { ModelName = reply.Result.Model, ModelVersion = reply.Result.ModelIdentity, Id = tensors.Id ?? "" };
        foreach (var output in tensors.Outputs)
        {
            var tensor = new ModelInferResponse.Types.InferOutputTensor { Name = output.Name, Datatype = KServeTensors.ScoreType, Shape = { tensors.Shape } };
            response.Outputs.Add(tensor);
            if (output.IsBinary)
            {
                var bytes = new ArrayBufferWriter<byte>(Math.Max(1, passages.Count * sizeof(float)));
                output.WriteBytes(bytes, passages);
                response.RawOutputContents.Add(ByteString.CopyFrom(bytes.WrittenSpan));
            }
            else
            {
                tensor.Contents = new InferTensorContents { Fp32Contents = { passages.Select(passage => output.FindValue(passage)) } };
            }
        }

        return response;
    }

    private static string[] ReadTexts(ModelInferRequest.Types.InferInputTensor input, ByteString? raw, GatewayOptions options)
    {
        if (raw is not null)
        {
            return input.Contents is null
                ? KServeTensors.ReadElements(new ReadOnlySequence<byte>(raw.Memory), input.Name, options.MaxPassages)
                : throw KServeTensors.CreateInvalid("'contents' must not be there beside 'raw_input_contents'.", "contents");
        }

        var elements = input.Contents?.BytesContents ?? [];
        return elements.Count <= options.MaxPassages
            ? [.. elements.Select(element => KServeTensors.ReadText(new ReadOnlySequence<byte>(element.Memory), input.Name))]
            : throw new RequestFormatException(GatewayError.CreateTooManyPassages(input.Name, options.MaxPassages));
    }

    private static bool? ReadTruncate(ModelInferRequest request)
    {
        if (!request.Parameters.TryGetValue(Truncate, out var parameter))
        {
            return null;
        }

        return parameter.ParameterChoiceCase == InferParameter.ParameterChoiceOneofCase.BoolParam
            ? parameter.BoolParam
            : throw KServeTensors.CreateInvalid($"The parameter '{Truncate}' must be a bool.", Truncate);
    }
}
