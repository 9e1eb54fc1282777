using System.Xml.Linq;

namespace Reranker.Tool.Tests.Architecture;

/// <summary>Who may see whom. The rule is on project references, because a reference that compiles will be used.</summary>
public sealed class RoomsTests
{
    /// <summary>Everything of ours that a room may reach, directly or through others.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Abstractions"] = [],
        ["Inference"] = [],
        ["ServiceDefaults"] = ["Abstractions"],
        ["Onnx"] = ["Inference"],
        ["Benchmarking"] = ["Inference"],
        ["Client"] = ["Abstractions"],
        ["Grains"] = ["Abstractions", "Inference"],
        ["Silo"] = ["Abstractions", "Inference", "Grains", "ServiceDefaults"],
        ["Gateway"] = ["Abstractions", "Client", "ServiceDefaults"],
        ["Tool"] = ["Abstractions", "Inference", "ServiceDefaults", "Onnx", "Benchmarking", "Client", "Grains", "Silo", "Gateway"],
    };

    public static TheoryData<string> Rooms => [.. Allowed.Keys];

    [Fact]
    public void Every_project_under_src_has_a_rule()
    {
        var rooms = Directory.GetDirectories(Path.Combine(Repository.Root, "src")).Select(Path.GetFileName).Order();
        Assert.Equal(Allowed.Keys.Order(), rooms);
    }

    [Theory]
    [MemberData(nameof(Rooms))]
    public void A_room_reaches_only_the_rooms_it_may(string room)
    {
        var reached = new SortedSet<string>();
        Reach(room, reached);
        Assert.Empty(reached.Except(Allowed[room]));
    }

    [Theory]
    [InlineData("Inference")]
    [InlineData("Onnx")]
    [InlineData("Benchmarking")]
    public void Inference_on_one_machine_knows_nothing_of_Orleans(string room)
        => Assert.DoesNotContain(Packages(room), p => p.Contains("Orleans", StringComparison.Ordinal));

    [Fact]
    public void The_wire_needs_the_Orleans_Sdk_alone()
        => Assert.Equal(["Microsoft.Orleans.Sdk"], Packages("Abstractions"));

    [Theory]
    [InlineData("Gateway")]
    [InlineData("Client")]
    [InlineData("Abstractions")]
    public void The_edge_never_loads_a_model(string room)
    {
        var all = new SortedSet<string>();
        Reach(room, all);
        Assert.DoesNotContain(all.Append(room).SelectMany(Packages), p => p.StartsWith("Microsoft.ML", StringComparison.Ordinal));
    }

    private static void Reach(string room, SortedSet<string> reached)
    {
        foreach (var reference in References(room))
        {
            if (reached.Add(reference))
            {
                Reach(reference, reached);
            }
        }
    }

    private static IEnumerable<string> References(string room) =>
        Items(room, "ProjectReference").Select(path => Path.GetFileName(Path.GetDirectoryName(path)!));

    private static IEnumerable<string> Packages(string room) => Items(room, "PackageReference");

    private static IEnumerable<string> Items(string room, string element) =>
        XDocument.Load(Path.Combine(Repository.Root, "src", room, $"Reranker.{room}.csproj"))
            .Descendants(element)
            .Select(e => e.Attribute("Include")!.Value);
}
