namespace Reranker.Grains.Models;

/// <summary>The newest directives that this silo has heard of. Thread-safe.</summary>
internal sealed class DirectivesCell
{
    private ModelDirectives _current = ModelDirectives.None;

    /// <summary>The directives now.</summary>
    public ModelDirectives Current => Volatile.Read(ref _current);

    /// <summary>Raised after newer ones were taken in.</summary>
    public event Action? Changed;

    /// <summary>Takes directives in if they are newer than those at hand.</summary>
    public void Adopt(ModelDirectives? heard)
    {
        ModelDirectives current;
        do
        {
            current = Current;
            if (heard is null || heard.Revision <= current.Revision)
            {
                return;
            }
        }
        while (Interlocked.CompareExchange(ref _current, heard, current) != current);

        Changed?.Invoke();
    }
}
