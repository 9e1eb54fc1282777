using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Reranker.Fuzz.Requests;

namespace Reranker.Fuzz.Generation;

/// <summary>Requests of tensors: texts in the JSON, or as bytes behind it.</summary>
internal static class TensorRequests
{
    private static readonly string[] Outputs =
    [
        """[{"name":"scores"}]""", """[{"name":"logits","parameters":{"binary_data":false}}]""", """[{"name":"logits","parameters":{"binary_data":true}},{"name":"scores"}]""",
    ];

    private static readonly string[] Parameters =
        ["""{"truncate":false,"priority":[1]}""", """{"truncate":true}""", """{"binary_data_output":true}""", """{"binary_data_output":false,"truncate":null}"""];

    public static Draft Draw(FuzzRequest request, Random random)
    {
        var passages = random.Next(1, 6);
        var queries = random.Next(3) == 0 ? passages : 1;
        using var bytes = new MemoryStream();
        var isBinary = random.Next(3) == 0;
        var query = Tensor("query", queries, FuzzTexts.Query, isBinary && random.Next(3) > 0 ? bytes : null, random);
        var texts = Tensor("passages", passages, FuzzTexts.Passage, isBinary ? bytes : null, random);
        var body = new ObjectNode { Fields = [("inputs", new ListNode { Items = [query, texts] })] };
        RightRequests.Maybe(body, random, 4, "id", static _ => "\"case\"");
        RightRequests.Maybe(body, random, 4, "outputs", static r => Outputs[r.Next(Outputs.Length)]);
        RightRequests.Maybe(body, random, 4, "parameters", static r => Parameters[r.Next(Parameters.Length)]);
        return new Draft(request, body) { Behind = bytes.ToArray(), TellsLength = isBinary || random.Next(8) == 0 };
    }

    private static ObjectNode Tensor(string name, int count, Func<Random, string> draw, MemoryStream? bytes, Random random)
    {
        var tensor = new ObjectNode
        {
            Fields =
            [
                ("name", JsonNode.Raw($"\"{name}\"")),
                ("shape", JsonNode.Raw(random.Next(2) == 0 ? $"[{count}]" : $"[{count},1]")),
                ("datatype", JsonNode.Raw("\"BYTES\"")),
            ],
        };
        if (bytes is null)
        {
            var texts = RightRequests.List(count, () => JsonNode.Text(draw(random), random));
            tensor.Fields.Add(("data", random.Next(4) == 0 ? new ListNode { Items = [texts] } : texts));
            return tensor;
        }

        var start = bytes.Length;
        for (var element = 0; element < count; element++)
        {
            Write(bytes, Encoding.UTF8.GetBytes(draw(random)));
        }

        tensor.Fields.Add(("parameters", JsonNode.Raw(string.Create(CultureInfo.InvariantCulture, $"{{\"binary_data_size\":{bytes.Length - start}}}"))));
        return tensor;
    }

    private static void Write(MemoryStream bytes, byte[] text)
    {
        Span<byte> length = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(length, (uint)text.Length);
        bytes.Write(length);
        bytes.Write(text);
    }
}
