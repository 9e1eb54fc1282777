using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using Reranker.Tool.Tests.Triton.Wire;

namespace Reranker.Tool.Tests.Triton;

/// <summary>Protocol Buffers' own compiler, whose parser of the text format is the one that Triton has.</summary>
internal static class Protoc
{
    private static string Tools => typeof(Protoc).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(static a => a.Key == "GrpcTools").Value!;

    /// <summary>The message that a text is; an error where it is none.</summary>
    public static async Task<(ModelConfig? Config, string Error)> ParseAsync(string text)
    {
        var architecture = RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? "arm64" : "x64";
        var program = OperatingSystem.IsWindows() ? $"windows_{architecture}/protoc.exe" : OperatingSystem.IsMacOS() ? "macosx_x64/protoc" : $"linux_{architecture}/protoc";
        var start = new ProcessStartInfo(Path.Combine(Tools, "tools", program))
        {
            ArgumentList = { $"-I{AppContext.BaseDirectory}", "--encode=inference.ModelConfig", Path.Combine(AppContext.BaseDirectory, "model_config.proto") },
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(text);
        process.StandardInput.Close();
        using var bytes = new MemoryStream();
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.StandardOutput.BaseStream.CopyToAsync(bytes, TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode == 0 ? ModelConfig.Parser.ParseFrom(bytes.ToArray()) : null, await error);
    }
}
