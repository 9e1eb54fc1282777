using Reranker.Inference.Engines.Gpu.Libraries;
using Reranker.Tool.Doctor.Facts;

namespace Reranker.Tool.Doctor;

/// <summary>What to run for what is missing, with exact names of packages and images.</summary>
internal static class NextSteps
{
    /// <summary>GPUs that are hidden from this process.</summary>
    public static string ShowGpus => "unset CUDA_VISIBLE_DEVICES, or name GPUs in it";

    /// <summary>A driver.</summary>
    public static string InstallDriver(SystemFacts system) => system switch
    {
        { IsContainer: true } => "start the container with the GPU: 'docker run --gpus all …' with the package nvidia-container-toolkit on the host; driver 580 or newer there",
        { Distribution: "ubuntu" } => "sudo apt-get install nvidia-driver-580-server, then restart the machine",
        { Distribution: "debian" } => "sudo apt-get install nvidia-open (of NVIDIA's CUDA repository, package cuda-keyring), then restart the machine",
        _ => "install NVIDIA's driver, version 580 or newer; on Ubuntu the package nvidia-driver-580-server, on Debian nvidia-open of NVIDIA's repository",
    };

    /// <summary>A driver that crashes or hangs whoever asks it.</summary>
    public static string MendDriver => "'nvidia-smi' and the kernel's log say what is wrong with it; 'reranker serve --engine cpu' does not ask it";

    /// <summary>Packages of libraries.</summary>
    public static string InstallLibraries(IEnumerable<EngineLibrary> missing, SystemFacts system)
    {
        List<EngineLibrary> all = [.. missing];
        var command = $"sudo apt-get install {string.Join(' ', all.Select(l => l.Package).Distinct())} (of NVIDIA's CUDA repository, package cuda-keyring)";
        var image = $"the image 'docker build -f deploy/Dockerfile --target silo-gpu{(all.All(l => l.IsForCuda) ? "" : " --build-arg TENSORRT=1")} .' has them";
        return $"{(system.Distribution is "debian" or "ubuntu" ? "" : "on Debian and Ubuntu: ")}{command}; {image}";
    }

    /// <summary>A build of this program with ONNX Runtime's GPU package.</summary>
    public static string BuildForGpu => "dotnet publish src/Tool -c Release -r linux-x64 --self-contained -p:Gpu=true -o APP, and run APP/reranker";
}
