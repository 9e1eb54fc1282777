namespace Reranker.Grains.Models;

/// <summary>Everything that this silo has been told of models. Thread-safe.</summary>
internal sealed class DirectiveStore
{
    private ModelDirectives _current = ModelDirectives.None;

    /// <summary>The directives now.</summary>
    public ModelDirectives Current => Volatile.Read(ref _current);

    /// <summary>Raised after something new was taken in.</summary>
    public event Action? Changed;

    /// <summary>Takes in what of the directives is later than what is at hand, entry by entry.</summary>
    public void AdoptNewerEntries(ModelDirectives? heard)
    {
        if (heard is null)
        {
            return;
        }

        ModelDirectives current, merged;
        do
        {
            current = Current;
            if (ReferenceEquals(heard, current))
            {
                return;
            }

            merged = current.Merge(heard);
            if (merged.IsSameAs(current))
            {
                return;
            }
        }
        while (Interlocked.CompareExchange(ref _current, merged, current) != current);

        Changed?.Invoke();
    }
}
