namespace Reranker.Inference.Tests.Batching;

/// <summary>Processor sharing as one would write it without a thought of time: what is left of everybody, and an equal part for each.</summary>
internal sealed class PlainSharing
{
    private readonly Dictionary<int, double> _left = [];
    private readonly Dictionary<int, double> _ends = [];
    private double _served;

    /// <summary>When requests ended, in tokens served until then.</summary>
    public IReadOnlyDictionary<int, double> Ends => _ends;

    public double Left => _left.Values.Sum();

    public double LeftOf(int request) => _left.GetValueOrDefault(request);

    public void Add(int request, double tokens) => _left[request] = LeftOf(request) + tokens;

    public void Serve(double tokens)
    {
        _served += tokens;
        Share(tokens);
    }

    /// <summary>What the others had the use of is theirs here too.</summary>
    public void Leave(int request, double tokens)
    {
        var left = Math.Min(tokens, LeftOf(request));
        if (left > 0)
        {
            _left[request] -= left;
        }

        Share(tokens - left);
    }

    private void Share(double tokens)
    {
        while (tokens > 1e-6 && _left.Count > 0)
        {
            var part = Math.Min(tokens / _left.Count, _left.Values.Min());
            tokens -= part * _left.Count;
            foreach (var request in _left.Keys.ToArray())
            {
                _left[request] -= part;
                if (_left[request] < 1e-6)
                {
                    _left.Remove(request);
                    _ends[request] = _served - tokens;
                }
            }
        }
    }
}
