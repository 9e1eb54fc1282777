using Reranker.Client;

namespace Reranker.Tool.ScoreMaps;

/// <summary>
/// Fits a <see cref="ScoreCurve"/> to judged pairs by the largest likelihood, with Newton's method. Judgements count as Platt has them, a
/// little less than certain, so that pairs which a threshold parts without an error do not ask for an endless slope.
/// </summary>
/// <remarks>H.-T. Lin, C.-J. Lin and R. Weng, "A note on Platt's probabilistic outputs for support vector machines", 2007.</remarks>
internal static class CurveFit
{
    private const int MaxSteps = 100;
    private const int MaxHalvings = 40;
    private const double Ridge = 1e-10;
    private const double Enough = 1e-12;

    /// <summary>A straight line: two numbers. Null where the best one does not rise.</summary>
    public static ScoreCurve? FitLine(IReadOnlyList<LabelledLogit> pairs)
        => Fit(pairs, 2, static (logit, row) => (row[0], row[1]) = (logit, 1)) is [var slope, var intercept]
            ? KeepRising(new ScoreCurve(slope, slope, intercept))
            : null;

    /// <summary>A line with a bend: three numbers. Null where the best one does not rise everywhere.</summary>
    public static ScoreCurve? FitBend(IReadOnlyList<LabelledLogit> pairs)
        => Fit(pairs, 3, static (logit, row) => (row[0], row[1], row[2]) = (ScoreCurve.SplitLogit(logit).Low, ScoreCurve.SplitLogit(logit).High, 1))
            is [var low, var high, var intercept]
            ? KeepRising(new ScoreCurve(low, high, intercept))
            : null;

    private static ScoreCurve? KeepRising(ScoreCurve curve) => curve.IsRising ? curve : null;

    private static double[] Fit(IReadOnlyList<LabelledLogit> pairs, int size, Action<double, double[]> write)
    {
        var rows = new double[pairs.Count][];
        for (var i = 0; i < rows.Length; i++)
        {
            write(pairs[i].Logit, rows[i] = new double[size]);
        }

        var targets = SoftenLabels(pairs);
        var weights = new double[size];
        var loss = ComputeLoss(rows, targets, weights);
        for (var step = 0; step < MaxSteps; step++)
        {
            var change = FindStep(rows, targets, weights);
            var (share, next, nextLoss) = (1.0, weights, loss);
            for (var halving = 0; halving < MaxHalvings; halving++, share /= 2)
            {
                next = [.. weights.Zip(change, (w, c) => w + (share * c))];
                nextLoss = ComputeLoss(rows, targets, next);
                if (nextLoss <= loss)
                {
                    break;
                }
            }

            if (!(nextLoss < loss - (Enough * Math.Abs(loss))))
            {
                return nextLoss <= loss ? next : weights;
            }

            (weights, loss) = (next, nextLoss);
        }

        return weights;
    }

    private static double[] SoftenLabels(IReadOnlyList<LabelledLogit> pairs)
    {
        var relevant = pairs.Count(static p => p.IsRelevant);
        var (yes, no) = ((relevant + 1.0) / (relevant + 2.0), 1.0 / (pairs.Count - relevant + 2.0));
        return [.. pairs.Select(p => p.IsRelevant ? yes : no)];
    }

    private static double ComputeLoss(double[][] rows, double[] targets, double[] weights)
    {
        var loss = 0.0;
        for (var i = 0; i < rows.Length; i++)
        {
            // −t·ln(σ(z)) − (1 − t)·ln(1 − σ(z)), whose logarithms are the two halves of a logit.
            var (low, high) = ScoreCurve.SplitLogit(Multiply(rows[i], weights));
            loss += ((1 - targets[i]) * high) - (targets[i] * low);
        }

        return loss;
    }

    private static double[] FindStep(double[][] rows, double[] targets, double[] weights)
    {
        var size = weights.Length;
        var system = new double[size, size + 1];
        for (var i = 0; i < rows.Length; i++)
        {
            var row = rows[i];
            var p = ScoreCurve.Sigmoid.FindProbability(Multiply(row, weights));
            for (var a = 0; a < size; a++)
            {
                system[a, size] += (targets[i] - p) * row[a];
                for (var b = 0; b < size; b++)
                {
                    system[a, b] += p * (1 - p) * row[a] * row[b];
                }
            }
        }

        for (var a = 0; a < size; a++)
        {
            system[a, a] += Ridge * (1 + system[a, a]);
        }

        return Solve(system, size);
    }

    // Gauss and Jordan. The matrix is positive definite, so its diagonal never vanishes.
    private static double[] Solve(double[,] system, int size)
    {
        for (var pivot = 0; pivot < size; pivot++)
        {
            for (var row = 0; row < size; row++)
            {
                var factor = row == pivot ? 0 : system[row, pivot] / system[pivot, pivot];
                for (var column = pivot; column <= size; column++)
                {
                    system[row, column] -= factor * system[pivot, column];
                }
            }
        }

        return [.. Enumerable.Range(0, size).Select(i => system[i, size] / system[i, i])];
    }

    private static double Multiply(double[] row, double[] weights)
    {
        var sum = 0.0;
        for (var i = 0; i < row.Length; i++)
        {
            sum += row[i] * weights[i];
        }

        return sum;
    }
}
