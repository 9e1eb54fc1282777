namespace Reranker.Inference.Engines.Cpu.Operators;

/// <summary>Sizes of one attention.</summary>
/// <param name="Batch">Pairs.</param>
/// <param name="Queries">Queries of a pair.</param>
/// <param name="Keys">Keys of a pair.</param>
/// <param name="Heads">Heads.</param>
/// <param name="HeadSize">Numbers of a head.</param>
internal readonly record struct RowAttentionShape(int Batch, int Queries, int Keys, int Heads, int HeadSize)
{
    /// <summary>Numbers of a token.</summary>
    public int Hidden => Heads * HeadSize;

    /// <summary>Keys, filled up to whole vectors.</summary>
    public int WideKeys => Fill(Keys);

    /// <summary>Numbers of a head, filled up to whole vectors.</summary>
    public int WideHead => Fill(HeadSize);

    private static int Fill(int count) => (count + VectorMath.Width - 1) / VectorMath.Width * VectorMath.Width;
}

/// <summary>What an attention reads and writes.</summary>
/// <param name="Query">[batch, queries, hidden].</param>
/// <param name="Key">[batch, keys, hidden].</param>
/// <param name="Value">[batch, keys, hidden].</param>
/// <param name="Bias">What is added to scores; see <paramref name="BiasOfPair"/> and <paramref name="BiasOfQuery"/>.</param>
/// <param name="BiasOfPair">From the bias of a pair to that of the next; 0 where they share it.</param>
/// <param name="BiasOfQuery">From the bias of a query to that of the next; 0 where they share it.</param>
/// <param name="Cosine">Cosines of the angles by which queries and keys are turned, [places, head size / 2]; 0 where they are not.</param>
/// <param name="Sine">Sines of these.</param>
/// <param name="Factors">By what the columns of the context are multiplied.</param>
/// <param name="Context">Receives the context, [batch, queries, hidden].</param>
internal readonly record struct RowAttentionOperands(
    nint Query, nint Key, nint Value, nint Bias, long BiasOfPair, long BiasOfQuery, nint Cosine, nint Sine, nint Factors, nint Context);
