using CsCheck;
using Reranker.Grains.Wire;
using Reranker.Inference.Models;
using Reranker.Workers;

namespace Reranker.Grains.Tests.Wire;

public sealed class PairPackingTests
{
    private static readonly Gen<int[]> Text = Gen.Int[0, 65_535].Array[0, 40];

    [Fact]
    public void Ids_survive_the_way_and_are_joined_as_the_model_reads_them()
        => Gen.Select(Text, Text.Array[1, 20], Gen.Bool, Gen.Bool, Gen.Int[0, 40]).Sample((query, passages, wide, keepEnd, kept) =>
        {
            var width = wide ? (byte)4 : (byte)2;
            var chosen = Enumerable.Range(0, passages.Length).Reverse().ToArray();
            var packed = PairPacking.PackIds(passages, chosen, width, out var lengths);
            var queryLengths = kept < query.Length ? Enumerable.Repeat(kept, passages.Length).ToArray() : null;
            var request = Request(PairPacking.PackIds(query, width), packed, lengths, width) with
            {
                QueryLengths = queryLengths,
                KeepQueryEnd = keepEnd,
            };

            Assert.True(PairPacking.TryUnpack(request, out var ids, out var offsets, out var error), error);
            Assert.Equal(passages.Length + 1, offsets.Length);
            Assert.Equal(ids.Length, offsets[^1]);
            var part = queryLengths is null ? query : keepEnd ? query[^kept..] : query[..kept];
            for (var i = 0; i < passages.Length; i++)
            {
                int[] pair = [0, .. part, 2, 2, .. passages[chosen[i]], 2];
                Assert.Equal(pair, ids[offsets[i]..offsets[i + 1]]);
            }
        });

    [Fact]
    public void A_pair_is_joined_as_the_template_of_its_model_says()
    {
        var request = Request(PairPacking.PackIds([7, 8], 2), PairPacking.PackIds([9, 10, 11], 2), [1, 2], 2) with
        {
            Template = PairPacking.PackTemplate(new PairTemplate(101, [102], 103)),
        };

        Assert.True(PairPacking.TryUnpack(request, out var ids, out var offsets, out _));
        Assert.Equal([101, 7, 8, 102, 9, 103, 101, 7, 8, 102, 10, 11, 103], ids);
        Assert.Equal([0, 6, 13], offsets);
        Assert.Null(PairPacking.PackTemplate(PairTemplate.XlmRoberta));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(17)]
    public void A_template_that_none_has_is_refused(int ids)
        => Assert.False(PairPacking.TryUnpack(
            Request(PairPacking.PackIds([7], 2), PairPacking.PackIds([9], 2), [1], 2) with { Template = new int[ids] }, out _, out _, out _));

    [Fact]
    public void No_bytes_whatever_can_be_unpacked_to_more_or_less_than_they_hold()
        => Gen.Select(Gen.Byte.Array[0, 60], Gen.Byte.Array[0, 60], Gen.Int[-3, 20].Array[0, 8], Gen.Byte[0, 6], Gen.Int[-3, 20].Array[0, 8])
            .Sample((query, passages, lengths, width, kept) =>
            {
                var request = Request(query, passages, lengths, width) with { QueryLengths = kept.Length > 4 ? kept : null };
                if (PairPacking.TryUnpack(request, out var ids, out var offsets, out var error))
                {
                    Assert.Equal(passages.Length, lengths.Sum() * width);
                    Assert.Equal(ids.Length, offsets[^1]);
                    Assert.True(ids.Length >= lengths.Sum() + (lengths.Length * PairLayout.SpecialTokens));
                }
                else
                {
                    Assert.NotNull(error);
                }
            });

    [Theory]
    [InlineData(30_522, 2)]
    [InlineData(65_536, 2)]
    [InlineData(65_537, 4)]
    [InlineData(250_002, 4)]
    public void An_id_takes_two_bytes_only_where_every_id_fits(int vocabulary, int bytes)
        => Assert.Equal(bytes, PairPacking.FindBytesPerId(vocabulary));

    [Fact]
    public void A_message_that_would_be_joined_to_gigabytes_is_refused()
    {
        var query = new byte[2 * 400_000];
        var lengths = Enumerable.Repeat(1, 1_000).ToArray();

        Assert.False(PairPacking.TryUnpack(Request(query, new byte[2_000], lengths, 2), out _, out _, out var error));
        Assert.Contains("tokens", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_above_the_size_of_the_wire_is_refused()
        => Assert.False(PairPacking.TryUnpack(
            Request([], new byte[Limits.MaxScoreRequestBytes + 2], [(Limits.MaxScoreRequestBytes / 2) + 1], 2), out _, out _, out _));

    private static ScoreRequest Request(byte[] query, byte[] passages, int[] lengths, byte width) => new()
    {
        ModelIdentity = "m",
        QueryIds = query,
        PassageIds = passages,
        PassageLengths = lengths,
        BytesPerId = width,
        RemainingMilliseconds = 1,
        RequestId = Guid.Empty,
    };
}
