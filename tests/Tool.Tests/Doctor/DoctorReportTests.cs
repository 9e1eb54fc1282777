using System.Text.Json;
using Reranker.Inference.Diagnosis;
using Reranker.Inference.Engines.Gpu.Libraries;
using Reranker.Tool.Doctor;
using Reranker.Tool.Doctor.Facts;

namespace Reranker.Tool.Tests.Doctor;

public sealed class DoctorReportTests
{
    [Fact]
    public void A_machine_without_a_GPU()
    {
        var report = DoctorReport.FromFacts(Machines.NoGpu);

        Assert.Equal(
            """
            system
              ok    reranker 0.1.0, Debian GNU/Linux 13 (trixie) (debian), linux-x64, .NET 10.0.1
            processor
              ok    AMD EPYC 9654: 8 processors, 4 for this process, the control group allows 3.5
              ok    instructions: avx2, avx512f, avx512_vnni
            memory
              ok    32.0 GiB, 20.0 GiB available, the control group allows 16.0 GiB
            runtime
              ok    ONNX Runtime 1.31.0, managed 1.31.0, in /app; CPU
            driver
              ok    there is no NVIDIA driver here (libcuda.so.1 was not found); the system shows no NVIDIA card either
            libraries
              ok    CUDA, cuDNN and TensorRT were not looked for: there is no GPU to use them
            engines
              ok    cpu: works; a small model (reranker-mini int8) was ready on AMD EPYC 9654 after 0.5 s and took 22247 tokens/s
            ports
              note  8080 (reranker serve) is taken
                    -> it may be a server of yours; --urls, or Reranker:Cluster:SiloPort and GatewayPort, name another
              ok    11111 (silo, for silos) is free
            limits
              note  open files 1024, locked memory without limit
                    -> a connection is an open file: 'ulimit -n 65536', or LimitNOFILE of the service
            clock
              ok    is synchronized, within 3 ms
            folders
              ok    imported models: /home/u/.cache/reranker/models, 100.0 GiB free

            Serves on cpu, the best engine that this machine can have.
            next: reranker serve

            """,
            DoctorText.FormatText(report));
        Assert.False(report.HasMends);
    }

    [Fact]
    public void A_machine_with_CUDA_only()
    {
        const string Packages = "sudo apt-get install libcudnn9-cuda-13 libnvinfer10 libnvonnxparsers10 (of NVIDIA's CUDA repository, package cuda-keyring); the image 'docker build -f deploy/Dockerfile --target silo-gpu --build-arg TENSORRT=1 .' has them";
        var report = DoctorReport.FromFacts(Machines.CudaOnly);

        AssertAreas(
            report,
            $"""
            runtime
              ok    ONNX Runtime 1.31.1, managed 1.31.0, in /app; Tensorrt, CUDA, CPU
            driver
              ok    NVIDIA 580.95.05, for CUDA 13.0 and older
            gpu
              ok    0: NVIDIA H200, compute capability 9.0, 140.0 GiB
              ok    card NVIDIA H200: 0.5 of 140.0 GiB in use, not divided (MIG is off)
            libraries
              ok    libcudart.so.13 of CUDA 13, version 13.0: /usr/lib/x86_64-linux-gnu/libcudart.so.13.0
              ok    libcublasLt.so.13 of CUDA 13, version 13.0: /usr/lib/x86_64-linux-gnu/libcublasLt.so.13.0
              ok    libcublas.so.13 of CUDA 13, version 13.0: /usr/lib/x86_64-linux-gnu/libcublas.so.13.0
              ok    libcurand.so.10 of CUDA 13, version 13.0: /usr/lib/x86_64-linux-gnu/libcurand.so.10.0
              note  libcudnn.so.9 of cuDNN 9: it was not found; TensorRT alone needs it
                    -> {Packages}
              note  libnvinfer.so.10 of TensorRT 10: it was not found; TensorRT alone needs it
                    -> {Packages}
              note  libnvonnxparser.so.10 of TensorRT's ONNX parser: it was not found; TensorRT alone needs it
                    -> {Packages}
            engines
              ok    cuda: works; a small model (random fp16) was ready on NVIDIA H200 after 3.2 s and took 2000000 tokens/s
              note  tensorrt: libcudnn.so.9 of cuDNN 9 was not found; it runs int8-qdq models, and models without packed graphs
                    -> {Packages}
              ok    cpu: works; a small model (reranker-mini int8) was ready on AMD EPYC 9654 after 0.5 s and took 22247 tokens/s

            """);
        Assert.Equal("Serves on cuda, the best engine that this machine can have.", report.Verdict);
        Assert.Equal("reranker serve", report.Next);
        Assert.False(report.HasMends);
    }

    [Fact]
    public void A_machine_with_TensorRT_without_its_builder_library()
    {
        var report = DoctorReport.FromFacts(Machines.NoBuilder);

        var line = Assert.Single(report.Lines, l => l.Text.StartsWith("tensorrt:", StringComparison.Ordinal));
        Assert.Equal(LineState.Note, line.State);
        Assert.Equal(
            "tensorrt: runs engines that are built already; an engine must be built and TensorRT's builder library "
                + "libnvinfer_builder_resource.so.10.6.0 was not found; build it ahead on a machine that has it",
            line.Text);
        Assert.StartsWith("sudo apt-get install --reinstall libnvinfer10", line.Next, StringComparison.Ordinal);
        Assert.False(report.HasMends);
    }

    [Fact]
    public void Cards_without_a_driver_are_to_be_mended()
    {
        var report = DoctorReport.FromFacts(Machines.NoGpu with { CardsOnBus = 2 });

        Assert.True(report.HasMends);
        Assert.Equal("Serves on cpu, and this machine could do more.", report.Verdict);
        Assert.Contains("nvidia-open", report.Next, StringComparison.Ordinal);
        Assert.Contains(report.Lines, l => l is { Area: "driver", State: LineState.Mend } && l.Text.EndsWith("the system shows NVIDIA cards: 2", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("ubuntu", false, "nvidia-driver-580-server")]
    [InlineData("debian", false, "nvidia-open")]
    [InlineData("fedora", false, "version 580 or newer")]
    [InlineData("debian", true, "--gpus all")]
    public void The_next_command_fits_the_system(string distribution, bool isContainer, string expected)
    {
        var machine = Machines.NoGpu with { CardsOnBus = 1, System = Machines.NoGpu.System with { Distribution = distribution, IsContainer = isContainer } };

        Assert.Contains(expected, DoctorReport.FromFacts(machine).Next, StringComparison.Ordinal);
    }

    [Fact]
    public void GPUs_that_are_hidden_from_the_process_are_named_as_that()
    {
        var report = DoctorReport.FromFacts(Machines.NoGpu with
        {
            Cards = Machines.CudaOnly.Cards,
            GpuEnvironment = new Dictionary<string, string?> { ["CUDA_VISIBLE_DEVICES"] = "-1" },
            Driver = new Probed<DriverAnswer>("NVIDIA driver", new DriverAnswer("the NVIDIA driver sees no GPU", "13.0", []), null),
        });

        Assert.Equal("unset CUDA_VISIBLE_DEVICES, or name GPUs in it", report.Next);
        Assert.True(report.HasMends);
    }

    [Fact]
    public void A_build_without_the_GPU_package_is_told_the_switch()
    {
        var report = DoctorReport.FromFacts(Machines.CudaOnly with
        {
            Runtime = Machines.NoGpu.Runtime,
            Missing = new Probed<MissingAnswer>(
                "", new MissingAnswer("this build's ONNX Runtime has no CUDA provider; build with the GPU package (-p:Gpu=true)", "this build's ONNX Runtime has no TensorRT provider", null), null),
            Trials = Machines.NoGpu.Trials,
        });

        Assert.Contains("-p:Gpu=true", report.Next, StringComparison.Ordinal);
        Assert.Equal("Serves on cpu, and this machine could do more.", report.Verdict);
    }

    [Fact]
    public void Missing_libraries_of_CUDA_are_one_command()
    {
        string[] missing = ["libcublasLt.so.13", "libcublas.so.13", "libcurand.so.10"];
        var report = DoctorReport.FromFacts(Machines.CudaOnly with
        {
            Libraries = [.. EngineLibrary.All.Select(l => missing.Contains(l.File) ? Machines.Lacks(l.File) : Machines.Finds(l.File, "1"))],
            Missing = new Probed<MissingAnswer>("", new MissingAnswer("libcublasLt.so.13 of CUDA 13 was not found", "the same", null), null),
            Trials = Machines.NoGpu.Trials,
        });

        Assert.StartsWith("sudo apt-get install libcublas-13-0 libcurand-13-0 (", report.Next, StringComparison.Ordinal);
        Assert.True(report.HasMends);
    }

    [Fact]
    public void An_engine_that_crashes_where_nothing_is_missing_is_to_be_mended()
    {
        var report = DoctorReport.FromFacts(Machines.CudaOnly with
        {
            Trials = [new Probed<TrialAnswer>("cuda", null, "the process that asked crashed with a segmentation fault (SIGSEGV)"), .. Machines.NoGpu.Trials],
        });

        Assert.Contains(report.Lines, l => l is { Area: "engines", State: LineState.Mend, Text: "cuda: the process that asked crashed with a segmentation fault (SIGSEGV)" });
        Assert.Equal("Serves on cpu, and this machine could do more.", report.Verdict);
    }

    [Fact]
    public void A_machine_without_a_place_for_temporary_files_is_told_to_name_one()
    {
        var report = DoctorReport.FromFacts(Machines.NoGpu with { Trials = [new Probed<TrialAnswer>("cpu", null, $"{EngineLines.NoRoom} (read-only)")] });

        Assert.Equal("name a folder that this user can write to in TMPDIR", report.Next);
    }

    [Fact]
    public void A_machine_on_which_every_question_crashes_still_gets_a_report()
    {
        const string Crash = "the process that asked crashed (SIGABRT)";
        var report = DoctorReport.FromFacts(Machines.CudaOnly with
        {
            Runtime = new Probed<RuntimeAnswer>("", null, Crash),
            Driver = new Probed<DriverAnswer>("", null, Crash),
            Cards = new Probed<CardsAnswer>("", null, Crash),
            Missing = new Probed<MissingAnswer>("", null, Crash),
            Libraries = [.. EngineLibrary.All.Select(l => new Probed<LibraryAnswer>(l.File, null, Crash))],
            Clock = new Probed<ClockAnswer>("", null, Crash),
            Trials = [new Probed<TrialAnswer>("cpu", null, Crash)],
        });

        Assert.True(report.HasMends);
        Assert.Equal("Nothing here can serve a model yet.", report.Verdict);
        Assert.Equal(12, DoctorText.FormatText(report).Split(Crash).Length - 1);
    }

    [Fact]
    public void JSON_has_the_report_and_all_that_it_was_made_of_and_no_secrets()
    {
        var facts = Machines.NoGpu with
        {
            Folders = [new FolderFacts("models of the hub", "https://user:pa55word@hub.example/x", "hf_abcdefgh12345678 is no folder", 0)],
        };
        var text = DoctorText.FormatJson(DoctorReport.FromFacts(facts), facts);
        using var json = JsonDocument.Parse(text);
        var root = json.RootElement;

        Assert.Equal(
            ["format", "verdict", "next", "serves", "hasMends", "lines", "machine"], root.EnumerateObject().Select(p => p.Name));
        Assert.Equal("cpu", root.GetProperty("serves").GetString());
        Assert.True(root.GetProperty("hasMends").GetBoolean());
        Assert.All(root.GetProperty("lines").EnumerateArray(), line => Assert.Contains(line.GetProperty("state").GetString(), new[] { "Ok", "Note", "Mend" }));
        Assert.Equal(8, root.GetProperty("machine").GetProperty("processor").GetProperty("processors").GetInt32());
        Assert.DoesNotContain("pa55word", text, StringComparison.Ordinal);
        Assert.DoesNotContain("hf_abc", text, StringComparison.Ordinal);
        Assert.DoesNotContain("pa55word", DoctorText.FormatText(DoctorReport.FromFacts(facts)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://me:pa55@word@hub.example/x")]
    [InlineData("http://me:pa55/word@hub.example/x")]
    [InlineData("/lib:http://me:pa55?#word@hub.example:8080")]
    [InlineData("https://hub.example/x:http://me:pa55word@hub.example")]
    public void A_password_that_nobody_escaped_is_left_out_too(string address)
    {
        var text = DoctorText.RemoveSecrets($"no such address: {address} (unknown)");

        Assert.DoesNotContain("pa55", text, StringComparison.Ordinal);
        Assert.DoesNotContain("word", text, StringComparison.Ordinal);
        Assert.EndsWith(" (unknown)", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_driver_that_hangs_is_to_be_mended_also_where_no_card_is_shown()
    {
        var report = DoctorReport.FromFacts(Machines.NoGpu with { Driver = new Probed<DriverAnswer>("NVIDIA driver", null, "there was no answer within 30 s") });

        Assert.Contains(new DoctorLine("driver", LineState.Mend, "the NVIDIA driver was asked, and there was no answer within 30 s", NextSteps.MendDriver), report.Lines);
        Assert.Equal("Serves on cpu, and something is to be mended.", report.Verdict);
        Assert.Equal(NextSteps.MendDriver, report.Next);
    }

    [Fact]
    public void Nothing_is_said_of_engines_that_were_not_started()
        => Assert.Equal(
            "Something is to be mended; no engine was started (without --quick the answer is surer).",
            DoctorReport.FromFacts(Machines.NoGpu with { Trials = [], Folders = [new FolderFacts("models of the hub", "/x", "it is a file", 0)] }).Verdict);

    private static void AssertAreas(DoctorReport report, string expected)
    {
        string[] areas = ["runtime", "driver", "gpu", "libraries", "engines"];
        var text = DoctorText.FormatText(report with { Lines = [.. report.Lines.Where(l => areas.Contains(l.Area))] });
        Assert.Equal(expected, text[..(text.IndexOf("\n\n", StringComparison.Ordinal) + 1)]);
    }
}
