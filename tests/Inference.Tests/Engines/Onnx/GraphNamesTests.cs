using System.Text;
using Reranker.Inference.Engines.Onnx;
using Reranker.TestKit;

namespace Reranker.Inference.Tests.Engines.Onnx;

public sealed class GraphNamesTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void A_name_is_found_wherever_it_lies_between_pieces()
    {
        byte[][] names = [.. new[] { "MatMulInteger", "Dequantize", "no" }.Select(Encoding.UTF8.GetBytes)];
        for (var before = 0; before < 40; before++)
        {
            File.WriteAllText(_temp["graph.onnx"], $"{new string('.', before)}MatMulInteger{new string('.', before % 7)}Dequantiz");

            Assert.Equal([true, false, false], GraphNames.FindNames(_temp["graph.onnx"], names, pieceBytes: 16));
        }
    }
}
