namespace Reranker.Inference.Models;

/// <summary>Files as they are before they are opened: a pipe in the place of one would hold up whoever opens it.</summary>
internal static class PlainFile
{
    /// <summary>Bytes of a file, or of that which a link leads to. What is not there, a pipe and a device have none.</summary>
    public static long FindLength(string path)
    {
        var file = new FileInfo(path);
        try
        {
            return file.Exists ? (file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file).Length : 0;
        }
        catch (IOException)
        {
            // A link that leads nowhere.
            return 0;
        }
    }
}
