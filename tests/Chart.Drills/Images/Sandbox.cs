using System.Runtime.InteropServices;

namespace Reranker.Chart.Drills.Images;

/// <summary>
/// Bubblewrap's command lines: a root of its own for a build, and for a program what a container runtime would give it. No image can be
/// pulled here, so the C library and .NET of this machine stand for those of the base images; there is no shell among them.
/// </summary>
internal static class Sandbox
{
    /// <summary>The program.</summary>
    public const string Program = "bwrap";

    private static readonly string[] Libraries = ["/usr/lib", "/usr/lib64", "/usr/lib32", "/lib", "/lib64", "/lib32"];

    private static readonly string DotNet = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));

    /// <summary>All of this machine, and at <c>/src</c> and <c>/out</c> what the commands of a stage expect there.</summary>
    public static IEnumerable<string> ListBuildArguments(string source, string output)
    {
        foreach (var entry in Directory.EnumerateFileSystemEntries("/").Where(static e => e is not ("/src" or "/out" or "/proc" or "/dev" or "/tmp")))
        {
            string[] mount = new DirectoryInfo(entry).LinkTarget is { } target ? ["--symlink", target, entry] : ["--bind", entry, entry];
            foreach (var argument in mount)
            {
                yield return argument;
            }
        }

        // A compiler that serves all of this machine is found there, and would look for the sources outside.
        foreach (var argument in (string[])
            ["--tmpfs", "/tmp", "--dev", "/dev", "--bind", source, "/src", "--bind", output, "/out", "--chdir", "/src", "--unshare-pid", "--proc", "/proc"])
        {
            yield return argument;
        }
    }

    /// <summary>An image's files and nothing else that can be written to but the given folders.</summary>
    /// <param name="image">The image.</param>
    /// <param name="writable">Folders that are mounted for writing, empty.</param>
    /// <param name="readable">Folders of this machine that are mounted for reading, by their path in the container.</param>
    /// <param name="environment">Variables beside the image's.</param>
    public static IEnumerable<string> ListRunArguments(
        Image image, IEnumerable<string> writable, IReadOnlyDictionary<string, string> readable, IReadOnlyDictionary<string, string> environment)
    {
        var (user, group) = (image.User.Split(':')[0], image.User.Split(':')[1]);
        List<string> arguments = ["--unshare-user", "--uid", user, "--gid", group, "--new-session", "--clearenv"];
        foreach (var folder in Libraries.Where(Directory.Exists))
        {
            arguments.AddRange(new DirectoryInfo(folder).LinkTarget is { } target ? ["--symlink", target, folder] : ["--ro-bind", folder, folder]);
        }

        if (!image.IsSelfContained)
        {
            // As the base image has it: no SDK.
            arguments.AddRange(["--ro-bind", $"{DotNet}/host", "/usr/share/dotnet/host", "--ro-bind", $"{DotNet}/shared", "/usr/share/dotnet/shared"]);
            arguments.AddRange(["--ro-bind", $"{DotNet}/dotnet", "/usr/share/dotnet/dotnet", "--symlink", "/usr/share/dotnet/dotnet", "/usr/bin/dotnet"]);
        }

        // What a container runtime puts there itself.
        arguments.AddRange(((string[])["/etc/resolv.conf", "/etc/hosts", "/etc/hostname"]).SelectMany(static f => (string[])["--ro-bind-try", f, f]));
        arguments.AddRange(["--ro-bind", image.Files, image.Application, "--proc", "/proc", "--dev", "/dev"]);
        arguments.AddRange(readable.SelectMany(static r => (string[])["--ro-bind", r.Value, r.Key]));
        arguments.AddRange(writable.SelectMany(static w => (string[])["--tmpfs", w]));
        arguments.AddRange(["--remount-ro", "/", "--chdir", image.Application, "--setenv", "PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]);
        foreach (var (name, value) in image.Environment.Concat(environment))
        {
            arguments.AddRange(["--setenv", name, value]);
        }

        return arguments;
    }

    /// <summary>
    /// The program that starts Bubblewrap as the image's user: root does it for a user that owns no file, everybody else is that user
    /// by a name space.
    /// </summary>
    public static (string Program, string[] Arguments) ListStart(Image image) => Environment.IsPrivilegedProcess
        ? ("setpriv", ["--reuid", image.User.Split(':')[0], "--regid", image.User.Split(':')[1], "--clear-groups", "--no-new-privs", Program])
        : (Program, []);
}
