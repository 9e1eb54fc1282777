using System.Collections;
using System.Reflection;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Reranker.Requests;

namespace Reranker.Grains.Tests.Wire;

/// <summary>
/// The bytes of every record of the wire, as the first release wrote them. A silo of that release must be able to read
/// what this one writes, and the other way round: a record may grow by new ids, and never change an old one. A record that
/// has grown has a second entry in which its new members have values, and one more for each time it grew again.
/// </summary>
public sealed class WireFormatTests
{
    private static readonly string GoldenPath = Path.Combine(AppContext.BaseDirectory, "Wire", "golden.json");

    public static TheoryData<string> Names => [.. WireSamples.All.Keys];

    private static Serializer Serializer { get; } =
        new ServiceCollection().AddSerializer().BuildServiceProvider().GetRequiredService<Serializer>();

    [Theory]
    [MemberData(nameof(Names))]
    public void A_record_is_written_as_the_first_release_wrote_it(string name)
    {
        var golden = JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllText(GoldenPath))!;

        var bytes = Serializer.SerializeToArray(WireSamples.All[name]);
        if (HasGrown(name))
        {
            // New members come after the old ones, before the byte that ends the record.
            var first = Convert.FromBase64String(golden[name])[..^1];
            Assert.Equal(first, bytes.Take(first.Length));
        }
        else
        {
            Assert.Equal(golden[name], Convert.ToBase64String(bytes));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_the_first_release_wrote_is_read_in_every_property(string name)
    {
        var golden = JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllText(GoldenPath))!;

        AssertSame(WireSamples.All[name], Serializer.Deserialize<object>(Convert.FromBase64String(golden[name])));
    }

    [Fact]
    public void A_request_from_before_there_were_chunks_asks_for_none()
    {
        const string Before = "MAEbrw0+L3JlcmFua2VyLnJlcmFuay1yZXF1ZXN06EADcSEABUEDYUADYuBBCW1pbmkB4i4h6AABAQUBBQEiAwHJAXngQQN04A==";

        var truncation = Serializer.Deserialize<RerankRequest>(Convert.FromBase64String(Before))!.Truncation;

        Assert.Equal((30, 1), (truncation.MaxQueryTokens, truncation.MaxChunks));
    }

    [Fact]
    public void Every_record_of_the_wire_has_a_sample_in_which_nothing_is_left_at_its_default()
    {
        var seen = new HashSet<Type>();
        foreach (var (name, sample) in WireSamples.All)
        {
            if (!HasGrown(name))
            {
                Visit(sample, seen);
            }
        }

        var records = typeof(RerankRequest).Assembly.GetTypes()
            .Where(t => t is { IsEnum: false, IsInterface: false, IsPublic: true } && t.GetCustomAttribute<GenerateSerializerAttribute>() is not null);
        Assert.All(records, t => Assert.Contains(t, seen));
    }

    private static bool HasGrown(string name)
    {
        var dash = name.LastIndexOf('-');
        return int.TryParse(name.AsSpan(dash + 1), out var release)
            ? WireSamples.All.ContainsKey($"{name[..dash]}-{release + 1}")
            : WireSamples.All.ContainsKey($"{name}-2");
    }

    private static void Visit(object value, HashSet<Type> seen)
    {
        seen.Add(value.GetType());
        foreach (var property in Wired(value.GetType()))
        {
            var member = property.GetValue(value);
            Assert.False(
                member is null || member.Equals(member.GetType().IsValueType ? Activator.CreateInstance(member.GetType()) : "")
                    && property.Name != nameof(TruncationOptions.Allowed),
                $"{value.GetType().Name}.{property.Name} has no value in its sample");
            foreach (var item in member is IEnumerable and not string ? ((IEnumerable)member).Cast<object>() : [member])
            {
                Visit(item, seen);
            }
        }
    }

    private static void AssertSame(object? expected, object? actual)
    {
        Assert.Equal(expected?.GetType(), actual?.GetType());
        if (expected is Exception e)
        {
            Assert.Equal(e.Message, ((Exception)actual!).Message);
        }
        else if (expected is IEnumerable and not string)
        {
            var (left, right) = (((IEnumerable)expected).Cast<object>().ToArray(), ((IEnumerable)actual!).Cast<object>().ToArray());
            Assert.Equal(left.Length, right.Length);
            Assert.All(left.Zip(right), p => AssertSame(p.First, p.Second));
        }
        else if (expected is not null && Wired(expected.GetType()).ToArray() is { Length: > 0 } properties)
        {
            Assert.All(properties, p => AssertSame(p.GetValue(expected), p.GetValue(actual)));
        }
        else
        {
            Assert.Equal(expected, actual);
        }
    }

    private static IEnumerable<PropertyInfo> Wired(Type type)
        => type.GetProperties().Where(p => p.GetCustomAttribute<IdAttribute>() is not null);
}
