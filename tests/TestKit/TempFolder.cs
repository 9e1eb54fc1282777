using System.Security.Cryptography;

namespace Reranker.TestKit;

/// <summary>A folder of a test, gone with it.</summary>
public sealed class TempFolder : IDisposable
{
    /// <summary>Absolute path.</summary>
    public string Path { get; } = Directory.CreateDirectory(System.IO.Path.Combine(
        System.IO.Path.GetTempPath(), $"reranker-test-{RandomNumberGenerator.GetHexString(12, lowercase: true)}")).FullName;

    /// <summary>Path of something inside; it need not exist.</summary>
    public string this[string name] => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
