using System.Security.Cryptography;
using Reranker.Files;

namespace Reranker.Certificates;

/// <summary>
/// Something that is made of files, and made again when their content has changed. The files are looked at when somebody asks, once a
/// second at most: whoever asks is about to open a connection, and those are few. What does not work, such as a certificate whose key
/// is still to be written, changes nothing. Thread-safe.
/// </summary>
/// <param name="paths">The files.</param>
/// <param name="make">Makes it of their bytes; an <see cref="IOException"/> says why not.</param>
/// <param name="time">The clock.</param>
internal sealed class ReloadedFiles<T>(IReadOnlyList<string> paths, Func<IReadOnlyList<byte[]>, T> make, TimeProvider time)
    where T : class
{
    private const int MaxBytes = 16 * 1024 * 1024;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private T? _current;
    private byte[] _hash = [];
    private long _looked;

    /// <summary>Why the files as they are now are not used; null when they are.</summary>
    public string? Fault { get; private set; }

    /// <summary>What the files hold, or held when they last made sense.</summary>
    /// <exception cref="IOException">They never did.</exception>
    public T GetCurrent()
    {
        lock (_lock)
        {
            if (_current is null || time.GetElapsedTime(_looked) >= Interval)
            {
                _looked = time.GetTimestamp();
                Look();
            }

            return _current ?? throw new IOException(Fault);
        }
    }

    private void Look()
    {
        try
        {
            byte[][] files = [.. paths.Select(static path => RegularFile.ReadBytes(path, MaxBytes))];
            var hash = SHA256.HashData([.. files.SelectMany(SHA256.HashData)]);
            if (!hash.AsSpan().SequenceEqual(_hash))
            {
                (_current, _hash) = (make(files), hash);
            }

            Fault = null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Fault = e.Message;
        }
    }
}
