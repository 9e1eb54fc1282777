namespace Reranker.ServiceDefaults.Clustering.Stores;

/// <summary>The server that holds the cluster's membership, beside what Orleans does with it.</summary>
internal interface IMembershipStore
{
    /// <summary>Returns when the store answers and has what Orleans needs; throws what went wrong otherwise.</summary>
    Task PrepareAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Why an error of <see cref="PrepareAsync"/> will not go away until somebody changes the settings, as a clause without secrets;
    /// null for one that time may heal.
    /// </summary>
    string? FindSettingFault(Exception exception);

    /// <summary>The time of the server's clock; throws where it does not answer, or does not tell us.</summary>
    Task<DateTimeOffset> ReadTimeAsync(CancellationToken cancellationToken);
}
