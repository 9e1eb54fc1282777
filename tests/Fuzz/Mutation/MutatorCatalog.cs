namespace Reranker.Fuzz.Mutation;

/// <summary>All mutators. Their order is part of what a seed means.</summary>
internal static class MutatorCatalog
{
    public static readonly IBodyMutator[] OfBodies =
    [
        new DropField(), new AddField(), new ReplaceValue(), new RepeatField(), new RenameField(), new NumericLimit(), new ChangePassage(),
        new RepeatPassages(), new ManyPassages(), new DeepNesting(), new ManyFields(), new OddModel(), new OddRankFields(), new OddQuery(),
    ];

    public static readonly IRequestMutator[] OfRequests =
    [
        new Truncate(), new TrailingBytes(), new ByteOrderMark(), new OtherEncoding(), new FlipBodyBytes(), new SpliceBody(), new InvalidUtf8(),
        new RandomBody(), new LargeBody(), new OddTimeout(), new OddChunkHeaders(), new OddContentType(), new OddAccept(), new ContentEncodings(),
        new OddRequestId(), new OddTrace(), new OddAuthorization(), new HeaderBytes(), new OddMethod(), new OddPath(), new OddFraming(),
        new Pipelined(), new Expect(), new FlipAnyBytes(),
    ];
}
