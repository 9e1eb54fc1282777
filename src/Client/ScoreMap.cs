namespace Reranker.Client;

/// <summary>
/// From the logits of one model to probabilities, as <c>reranker calibrate</c> fits it to labelled data. It belongs to one model identity:
/// another precision of the same checkpoint has another map.
/// </summary>
public sealed record ScoreMap
{
    /// <summary>Format of the file that this build reads and writes.</summary>
    public const int CurrentFormat = 1;

    /// <summary>Format of the file.</summary>
    public required int Format { get; init; }

    /// <summary>Name of the model, for people.</summary>
    public required string Model { get; init; }

    /// <summary>Identity of the model that it was fitted for. No other model's scores are changed by it.</summary>
    public required string Identity { get; init; }

    /// <summary>The curve.</summary>
    public required ScoreCurve Curve { get; init; }

    /// <summary>
    /// What became of documents that were too long: scores of cut documents and best scores of several chunks have different
    /// distributions, so a map holds where requests are served as it was fitted. Null where nobody wrote it down.
    /// </summary>
    public ScoreMapLongTexts? LongTexts { get; init; }

    /// <summary>What it was fitted to, and how well it held on queries that it was not fitted to; null where nobody wrote it down.</summary>
    public ScoreMapEvidence? Evidence { get; init; }
}

/// <summary>What became of documents that were too long, in the words of a request.</summary>
/// <param name="MaxChunks">Most chunks of a document, the best of which counted; 1 cut it.</param>
/// <param name="ChunkOverlap">Tokens that neighbouring chunks shared.</param>
/// <param name="ChunkAtSentences">Whether chunks ended where sentences do.</param>
/// <param name="MaxPairTokens">Most tokens of a pair; null for the model's limit.</param>
public sealed record ScoreMapLongTexts(int MaxChunks, int ChunkOverlap, bool ChunkAtSentences, int? MaxPairTokens);

/// <summary>What a map was fitted to, and how well it held.</summary>
/// <param name="DataSha256">Hash of the labelled file, decompressed.</param>
/// <param name="Queries">Queries in it.</param>
/// <param name="Pairs">Pairs of a query and a document.</param>
/// <param name="Relevant">Those of them that are relevant.</param>
/// <param name="Folds">Parts that the queries were dealt to; each was held out once.</param>
/// <param name="Sigmoid">The sigmoid of the logit on all pairs.</param>
/// <param name="HeldOut">The map on the pairs that it was not fitted to.</param>
public sealed record ScoreMapEvidence(
    string DataSha256, int Queries, int Pairs, int Relevant, int Folds, CalibrationMeasures Sigmoid, CalibrationMeasures HeldOut);

/// <summary>How far probabilities are from what came true. All are better when smaller.</summary>
/// <param name="MassError">Expected calibration error over bins of equally many pairs.</param>
/// <param name="WidthError">Expected calibration error over bins of equal width of probability.</param>
/// <param name="Brier">Mean squared distance to 1 for relevant pairs and to 0 for others.</param>
/// <param name="LogLoss">Mean of the negative logarithm of the probability that was given to what came true.</param>
public sealed record CalibrationMeasures(double MassError, double WidthError, double Brier, double LogLoss);
