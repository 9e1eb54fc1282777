using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;
using Reranker.Gateway.Calls;
using Reranker.Gateway.Configuration;
using Reranker.Gateway.Errors;
using Reranker.Requests;

namespace Reranker.Gateway.Dialects.KServe;

/// <summary>
/// A reranker as a model of tensors, for HTTP and gRPC alike. In come <c>query</c> and <c>passages</c>, texts in UTF-8; a query is that
/// of all passages, or there is one for each. Out go <c>scores</c> (relevances) and <c>logits</c>, in the order and shape of the passages.
/// </summary>
internal static class KServeTensors
{
    public const string Query = "query";
    public const string Passages = "passages";
    public const string Scores = "scores";
    public const string Logits = "logits";

    /// <summary>The type of texts.</summary>
    public const string TextType = "BYTES";

    /// <summary>The type of scores.</summary>
    public const string ScoreType = "FP32";

    /// <summary>What a model's metadata call its engine.</summary>
    public const string Platform = "reranker";

    private const int LengthBytes = sizeof(uint);

    /// <summary>What a request gets that names no outputs.</summary>
    public static readonly string[] AllOutputs = [Scores, Logits];

    /// <summary>A call of the tensors of a request.</summary>
    /// <exception cref="RequestFormatException">They are not those of a reranker.</exception>
    public static KServeCall CreateCall(IReadOnlyList<KServeInput> inputs, IReadOnlyList<KServeOutput> outputs, bool? truncate, GatewayOptions options)
    {
        foreach (var input in inputs)
        {
            CheckInput(input, inputs);
        }

        foreach (var output in outputs)
        {
            if (!AllOutputs.Contains(output.Name))
            {
                throw CreateInvalid($"There is no such output; outputs are '{Scores}' and '{Logits}'.", "outputs");
            }
        }

        var query = FindInput(inputs, Query);
        var passages = FindInput(inputs, Passages);
        if (passages.Texts.Length == 0)
        {
            throw new RequestFormatException(GatewayError.CreateNoPassages(Passages));
        }

        if (query.Texts.Length != 1 && query.Texts.Length != passages.Texts.Length)
        {
            throw CreateInvalid($"'{Query}' must have one element, or as many as '{Passages}'.", Query);
        }

        if (Array.Exists(query.Texts, string.IsNullOrWhiteSpace))
        {
            throw CreateInvalid($"'{Query}' must not be empty or be only whitespace.", Query);
        }

        return new KServeCall
        {
            Query = query.Texts[0],
            Queries = query.Texts.Length > 1 ? RerankCall.FindDifferent(query.Texts) : null,
            Passages = passages.Texts,
            Shape = passages.Shape,
            Outputs = outputs,
            Truncation = new TruncationOptions { Allowed = truncate ?? options.AutoTruncate },
        };
    }

    /// <summary>The elements of a tensor in bytes: each is a length of four bytes, little-endian, and a text.</summary>
    /// <exception cref="RequestFormatException">They are cut off, too many, or no UTF-8.</exception>
    public static string[] ReadElements(ReadOnlySequence<byte> bytes, string name, int max)
    {
        List<string> texts = [];
        Span<byte> head = stackalloc byte[LengthBytes];
        while (!bytes.IsEmpty)
        {
            if (bytes.Length < LengthBytes)
            {
                throw CreateCutOff(name);
            }

            bytes.Slice(0, LengthBytes).CopyTo(head);
            var length = BinaryPrimitives.ReadUInt32LittleEndian(head);
            if (length > bytes.Length - LengthBytes)
            {
                throw CreateCutOff(name);
            }

            if (texts.Count == max)
            {
                throw new RequestFormatException(GatewayError.CreateTooManyPassages(name, max));
            }

            texts.Add(ReadText(bytes.Slice(LengthBytes, length), name));
            bytes = bytes.Slice(LengthBytes + length);
        }

        return [.. texts];
    }

    /// <summary>The text of an element.</summary>
    /// <exception cref="RequestFormatException">It is no UTF-8.</exception>
    public static string ReadText(in ReadOnlySequence<byte> bytes, string name)
    {
        var text = bytes.IsSingleSegment ? bytes.FirstSpan : bytes.ToArray();
        return Utf8.IsValid(text) ? Encoding.UTF8.GetString(text) : throw CreateInvalid($"An element of '{name}' is not valid UTF-8.", name);
    }

    public static RequestFormatException CreateInvalid(string message, string field) => new(GatewayError.CreateInvalid(message, field));

    private static RequestFormatException CreateCutOff(string name) =>
        CreateInvalid($"The bytes of '{name}' must be elements, each behind its length in four bytes.", name);

    private static void CheckInput(KServeInput input, IReadOnlyList<KServeInput> all)
    {
        if (input.Name is not (Query or Passages))
        {
            throw CreateInvalid($"There is no such input; inputs are '{Query}' and '{Passages}'.", "inputs");
        }

        if (all.Count(other => other.Name == input.Name) > 1)
        {
            throw CreateInvalid($"'{input.Name}' is there twice.", input.Name);
        }

        if (input.Datatype != TextType)
        {
            throw CreateInvalid($"'{input.Name}' must be of the type {TextType}.", input.Name);
        }

        if (CountElements(input.Shape) != input.Texts.Length)
        {
            throw CreateInvalid($"'{input.Name}' must have as many elements as its shape says.", input.Name);
        }
    }

    // -1 for a shape that no tensor in memory has.
    private static long CountElements(long[] shape)
    {
        var count = 1L;
        foreach (var size in shape)
        {
            if (size < 0 || (size > 0 && count > int.MaxValue / size))
            {
                return -1;
            }

            count *= size;
        }

        return shape.Length == 0 ? -1 : count;
    }

    private static KServeInput FindInput(IReadOnlyList<KServeInput> inputs, string name) =>
        inputs.FirstOrDefault(input => input.Name == name) ?? throw CreateInvalid($"The input '{name}' is missing.", name);
}
