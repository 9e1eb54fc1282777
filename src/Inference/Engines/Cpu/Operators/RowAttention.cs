using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Reranker.Inference.Engines.Cpu.Operators;

/// <summary>
/// Attention of one head after another. A head's keys, values and a few rows of its scores are laid out so that they stay in the nearest
/// caches; nothing of the size of all scores is ever in memory.
/// </summary>
internal readonly unsafe struct RowAttention
{
    // Their scores beside one head's keys fill the nearest cache at usual lengths.
    private const int Block = 4 * RowProduct.Height;

    // For places behind the last key: e to its power is nothing, and no sum with it overflows.
    private const float Nowhere = -1e30f;

    private readonly RowAttentionShape _shape;
    private readonly RowAttentionOperands _operands;
    private readonly float _scale;
    private readonly float* _keys;
    private readonly float* _values;
    private readonly float* _queries;
    private readonly float* _scores;
    private readonly float* _bias;
    private readonly float* _mixed;

    private RowAttention(RowAttentionShape shape, RowAttentionOperands operands)
    {
        (_shape, _operands, _scale) = (shape, operands, 1 / MathF.Sqrt(shape.HeadSize));
        long keys = (long)shape.HeadSize * shape.WideKeys, values = (long)shape.Keys * shape.WideHead, rows = (long)Block * shape.WideHead;
        _keys = AlignedScratch.OfThread.Reserve(keys + values + (2 * rows) + ((Block + 1L) * shape.WideKeys));
        _values = _keys + keys;
        _queries = _values + values;
        _mixed = _queries + rows;
        _scores = _mixed + rows;
        _bias = _scores + ((long)Block * shape.WideKeys);
    }

    /// <summary>Works an attention out.</summary>
    public static void Run(RowAttentionShape shape, RowAttentionOperands operands)
    {
        var attention = new RowAttention(shape, operands);
        for (var pair = 0; pair < shape.Batch; pair++)
        {
            for (var head = 0; head < shape.Heads; head++)
            {
                attention.RunHead(pair, head);
            }
        }
    }

    private void RunHead(int pair, int head)
    {
        LayOutKeys(pair, head);
        LayOutValues(pair, head);
        for (var first = 0; first < _shape.Queries; first += Block)
        {
            var count = Math.Min(Block, _shape.Queries - first);
            LayOutQueries(pair, head, first, count);
            for (var row = 0; row < count; row += RowProduct.Height)
            {
                RowProduct.Multiply(
                    new Rows((nint)(_queries + (row * _shape.WideHead)), _shape.WideHead),
                    new Rows((nint)_keys, _shape.WideKeys),
                    new Rows((nint)(_scores + ((long)row * _shape.WideKeys)), _shape.WideKeys),
                    _shape.HeadSize,
                    _shape.WideKeys);
            }

            MixValues(pair, head, first, count);
        }
    }

    private void MixValues(int pair, int head, int first, int count)
    {
        var sums = stackalloc float[Block];
        for (var row = 0; row < count; row++)
        {
            if (row == 0 || _operands.BiasOfQuery != 0)
            {
                LayOutBias(pair, first + row);
            }

            sums[row] = TakeShares(_scores + ((long)row * _shape.WideKeys));
        }

        for (var row = 0; row < count; row += RowProduct.Height)
        {
            RowProduct.Multiply(
                new Rows((nint)(_scores + ((long)row * _shape.WideKeys)), _shape.WideKeys),
                new Rows((nint)_values, _shape.WideHead),
                new Rows((nint)(_mixed + (row * _shape.WideHead)), _shape.WideHead),
                _shape.Keys,
                _shape.WideHead);
        }

        var factors = (float*)_operands.Factors + (head * _shape.HeadSize);
        for (var row = 0; row < count; row++)
        {
            var context = FindToken(_operands.Context, pair, first + row, _shape.Queries, head);
            var inverse = 1 / sums[row];
            var mixed = _mixed + (row * _shape.WideHead);
            for (var i = 0; i < _shape.HeadSize; i++)
            {
                context[i] = mixed[i] * inverse * factors[i];
            }
        }
    }

    // Scores become their shares, times the sum that comes back.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private float TakeShares(float* scores)
    {
        var largest = Vector512.Create(float.MinValue);
        for (var i = 0; i < _shape.WideKeys; i += VectorMath.Width)
        {
            var score = Vector512.Load(scores + i) + Vector512.LoadAligned(_bias + i);
            score.Store(scores + i);
            largest = Vector512.MaxNative(largest, score);
        }

        var (sum, most) = (Vector512<float>.Zero, Vector512.Create(VectorMath.FindLargest(largest)));
        for (var i = 0; i < _shape.WideKeys; i += VectorMath.Width)
        {
            var share = VectorMath.Exponentiate(Vector512.Load(scores + i) - most);
            share.Store(scores + i);
            sum += share;
        }

        return VectorMath.Sum(sum);
    }

    // Keys lie by column, so that a product takes sixteen of them at once.
    private void LayOutKeys(int pair, int head)
    {
        var (size, stride) = (_shape.HeadSize, _shape.WideKeys);
        var turned = stackalloc float[size];
        for (var place = 0; place < _shape.Keys; place++)
        {
            var key = FindToken(_operands.Key, pair, place, _shape.Keys, head);
            if (_operands.Cosine != 0)
            {
                Turn(key, place, turned);
                key = turned;
            }

            var to = _keys + place;
            for (var i = 0; i < size; i++, to += stride)
            {
                *to = key[i];
            }
        }

        for (var i = 0; i < size; i++)
        {
            new Span<float>(_keys + ((long)i * stride) + _shape.Keys, stride - _shape.Keys).Clear();
        }
    }

    private void LayOutValues(int pair, int head)
    {
        for (var place = 0; place < _shape.Keys; place++)
        {
            var value = FindToken(_operands.Value, pair, place, _shape.Keys, head);
            var to = _values + ((long)place * _shape.WideHead);
            var whole = VectorMath.CountWhole(_shape.HeadSize);
            for (var i = 0; i < whole; i += VectorMath.Width)
            {
                Vector512.Load(value + i).Store(to + i);
            }

            if (whole < _shape.HeadSize)
            {
                VectorMath.LoadPart(value + whole, _shape.HeadSize - whole).Store(to + whole);
            }
        }
    }

    private void LayOutQueries(int pair, int head, int first, int count)
    {
        for (var row = 0; row < Block; row++)
        {
            var query = _queries + (row * _shape.WideHead);
            if (row < count)
            {
                var from = FindToken(_operands.Query, pair, first + row, _shape.Queries, head);
                if (_operands.Cosine != 0)
                {
                    Turn(from, first + row, query);
                    from = query;
                }

                Multiply(from, _scale, query, _shape.HeadSize);
            }
            else
            {
                new Span<float>(query, _shape.HeadSize).Clear();
            }
        }
    }

    private void LayOutBias(int pair, int query)
    {
        var bias = (float*)_operands.Bias + (pair * _operands.BiasOfPair) + (query * _operands.BiasOfQuery);
        new ReadOnlySpan<float>(bias, _shape.Keys).CopyTo(new Span<float>(_bias, _shape.Keys));
        new Span<float>(_bias + _shape.Keys, _shape.WideKeys - _shape.Keys).Fill(Nowhere);
    }

    // The halves of a head are turned against each other.
    private void Turn(float* from, int place, float* to)
    {
        var half = _shape.HeadSize / 2;
        float* cosine = (float*)_operands.Cosine + ((long)place * half), sine = (float*)_operands.Sine + ((long)place * half);
        for (var i = 0; i < half; i++)
        {
            to[i] = (from[i] * cosine[i]) - (from[half + i] * sine[i]);
            to[half + i] = (from[half + i] * cosine[i]) + (from[i] * sine[i]);
        }
    }

    private static void Multiply(float* from, float factor, float* to, int count)
    {
        var (factors, whole) = (Vector512.Create(factor), VectorMath.CountWhole(count));
        for (var i = 0; i < whole; i += VectorMath.Width)
        {
            (Vector512.Load(from + i) * factors).Store(to + i);
        }

        for (var i = whole; i < count; i++)
        {
            to[i] = from[i] * factor;
        }
    }

    private float* FindToken(nint values, int pair, int place, int places, int head)
        => (float*)values + ((((long)pair * places) + place) * _shape.Hidden) + (head * _shape.HeadSize);
}
