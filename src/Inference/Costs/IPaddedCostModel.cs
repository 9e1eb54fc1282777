namespace Reranker.Inference.Costs;

/// <summary>A cost model whose batches are rectangles: forming batches asks it for rows and longest length alone.</summary>
internal interface IPaddedCostModel : ICostModel
{
    /// <summary>Predicted microseconds of a batch of that shape. Falls with neither argument's growth.</summary>
    double PredictMicroseconds(int rows, int longest);
}
