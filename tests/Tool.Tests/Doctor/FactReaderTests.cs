using System.Net;
using System.Net.Sockets;
using Reranker.Inference.Diagnosis;
using Reranker.Inference.Engines;
using Reranker.TestKit;
using Reranker.Tool.Doctor.Facts;
using Reranker.Tool.Doctor.Probes;

namespace Reranker.Tool.Tests.Doctor;

public sealed class FactReaderTests
{
    [Fact]
    public void A_processor_is_read_with_the_instructions_that_matter()
    {
        var facts = ProcessorReader.Parse(
            "processor\t: 0\nmodel name\t: Some CPU\nflags\t\t: fpu avx2 avx512f avx512_vnni amx_int8\n\nprocessor\t: 1\nmodel name\t: Some CPU\nflags\t\t: fpu avx2\n",
            1.5, usable: 2);

        Assert.Equal("Some CPU", facts.Name);
        Assert.Equal(2, facts.Processors);
        Assert.Equal(1.5, facts.Quota);
        Assert.Equal(["avx2", "avx512f", "avx512_vnni", "amx_int8"], facts.Features);
    }

    [Theory]
    [InlineData("150000 100000", "", 1.5)]
    [InlineData("max 100000", "", null)]
    [InlineData("", "50000", 0.5)]
    [InlineData("", "-1", null)]
    [InlineData("rubbish", "rubbish", null)]
    public void The_quota_of_either_control_group_is_read(string second, string first, double? expected)
        => Assert.Equal(expected, ProcessorReader.FindQuota(path => path.EndsWith("cpu.max", StringComparison.Ordinal) ? second : first));

    [Theory]
    [InlineData("1073741824", 1073741824L)]
    [InlineData("max", null)]
    [InlineData("9223372036854771712", null)]
    public void The_limit_of_memory_is_the_control_groups_where_that_is_less(string limit, long? expected)
        => Assert.Equal(
            new MemoryFacts(4096L << 20, 2048L << 20, expected),
            ProcessorReader.ParseMemory("MemTotal:        4194304 kB\nMemFree: 1 kB\nMemAvailable:    2097152 kB\n", path => path.EndsWith("memory.max", StringComparison.Ordinal) ? limit : "", 1));

    [Fact]
    public void Limits_are_read_as_Linux_writes_them()
        => Assert.Equal(
            new LimitFacts(1024, null),
            SystemReader.ParseLimits(["Limit                     Soft Limit           Hard Limit           Units     ", "Max open files            1024                 524288               files     ", "Max locked memory         unlimited            unlimited            bytes     "]));

    [Fact]
    public void Cards_are_NVIDIAs_displays_and_not_their_sound()
    {
        using var temp = new TempFolder();
        foreach (var (name, vendor, kind) in new[] { ("a", "0x10de", "0x030200"), ("b", "0x10de", "0x040300"), ("c", "0x8086", "0x030000"), ("d", "0x10de", "0x030000") })
        {
            Directory.CreateDirectory(temp[name]);
            File.WriteAllText(Path.Combine(temp[name], "vendor"), vendor + "\n");
            File.WriteAllText(Path.Combine(temp[name], "class"), kind + "\n");
        }

        Assert.Equal(2, SystemReader.CountCards(temp.Path));
        Assert.Equal(0, SystemReader.CountCards(temp["nothing"]));
    }

    [Fact]
    public void A_port_is_free_until_somebody_listens()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;

        Assert.False(SystemReader.ReadPort(port, "a test").IsFree);
    }

    [Fact]
    public void A_folder_that_could_be_made_is_as_good_as_one_and_is_not_made()
    {
        using var temp = new TempFolder();
        var facts = SystemReader.ReadFolder("models", temp["a/b/c"]);

        Assert.Null(facts.Problem);
        Assert.True(facts.FreeBytes > 0);
        Assert.Empty(Directory.EnumerateFileSystemEntries(temp.Path));
        File.WriteAllText(temp["file"], "");
        Assert.Equal("it is a file", SystemReader.ReadFolder("models", temp["file"]).Problem);
        Assert.Equal($"{temp["file"]} is a file", SystemReader.ReadFolder("models", temp["file/hub"]).Problem);
        Assert.Equal("/dev/null is a file", SystemReader.ReadFolder("models", "/dev/null/hub").Problem);
        Assert.Equal("/proc cannot be written to", SystemReader.ReadFolder("models", "/proc/reranker/models").Problem);
    }

    [Fact]
    public void A_folder_without_a_whole_path_is_told_with_one()
    {
        var facts = SystemReader.ReadFolder("models", Path.Combine("no-such-folder", "models"));

        Assert.Null(facts.Problem);
        Assert.Equal(Path.GetFullPath("no-such-folder/models"), facts.Path);
        Assert.Equal(Path.GetFullPath("cache"), UserCache.FindFolder(_ => "cache"));
        Assert.True(Path.IsPathFullyQualified(UserCache.FindFolder(_ => null)));
    }

    [Fact]
    public void A_folder_for_temporary_files_must_be_there()
    {
        using var temp = new TempFolder();

        Assert.Null(MachineExamination.ReadTemporary(temp.Path).Problem);
        Assert.Equal("it is not there", MachineExamination.ReadTemporary(temp["nothing"]).Problem);
    }

    [Fact]
    public void A_library_that_is_there_has_a_place_and_one_that_is_not_a_reason()
    {
        Assert.Contains("/libc.so", LibraryProbe.AskLibrary("libc.so.6").Path, StringComparison.Ordinal);
        Assert.Equal(new LibraryAnswer("libnothing.so.13", null, null, "it was not found"), LibraryProbe.AskLibrary("libnothing.so.13"));
        using var temp = new TempFolder();
        File.WriteAllText(temp["libbroken.so.1"], "no library");
        Assert.EndsWith("file too short", LibraryProbe.AskLibrary(temp["libbroken.so.1"]).Problem, StringComparison.Ordinal);
    }
}
