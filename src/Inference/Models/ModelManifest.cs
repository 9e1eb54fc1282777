using System.Text.Json.Serialization;

namespace Reranker.Inference.Models;

/// <summary>
/// <c>manifest.json</c> of a model folder: what the folder holds, in enough detail to refuse anything else. It is written
/// last, so a folder without one is not a model.
/// </summary>
public sealed record ModelManifest
{
    /// <summary>Name of the file in a model folder.</summary>
    public const string FileName = "manifest.json";

    /// <summary>The format of a folder with one precision.</summary>
    public const int CurrentFormat = 1;

    /// <summary>
    /// The format of a folder with several precisions. Its first one stands where the only one does in the other format, so that
    /// a build that does not know this one still reads far enough to say so.
    /// </summary>
    public const int SeveralPrecisionsFormat = 2;

    /// <summary>
    /// The format of a folder whose model is of another family than XLM-RoBERTa, with one precision or several: a build that knows
    /// no families must not read its pairs as XLM-RoBERTa's.
    /// </summary>
    public const int FamilyFormat = 3;

    /// <summary>The family of manifests that name none.</summary>
    public const string XlmRobertaFamily = "xlm-roberta";

    /// <summary>Precision of a model with explicit INT8 (QDQ) for TensorRT.</summary>
    public const string Int8Qdq = "int8-qdq";

    /// <summary><see cref="Calibration"/> of a model whose activation scales nobody measured.</summary>
    public const string PlaceholderCalibration = "placeholder";

    /// <summary>Format of the manifest itself.</summary>
    public required int Format { get; init; }

    /// <summary>Name that requests use.</summary>
    public required string Name { get; init; }

    /// <summary>Hash of the graph, weights, tokenizer, precision and limits: SHA-256 in lower-case hexadecimal.</summary>
    public required string Identity { get; init; }

    /// <summary><c>fp32</c>, <c>fp16</c>, <c>fp8</c>, <c>int8</c> (dynamic, for CPUs) or <c>int8-qdq</c> (static, for TensorRT).</summary>
    public required string Precision { get; init; }

    /// <summary>Kind of cross-encoder, for people; null for XLM-RoBERTa.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Family { get; init; }

    /// <summary>Shape of the encoder.</summary>
    public required ModelShape Shape { get; init; }

    /// <summary>Most tokens of a pair, special tokens included.</summary>
    public required int MaxPairTokens { get; init; }

    /// <summary>
    /// True when a run may hold one pair only, because activation ranges are taken over the whole run (dynamic INT8):
    /// a score must not depend on the pair's neighbours.
    /// </summary>
    public bool OnePairPerRun { get; init; }

    /// <summary>
    /// How static activation scales were found, in a few words; null where there are none. <c>placeholder</c>: not at all, so that
    /// such a model can be measured and must not serve.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Calibration { get; init; }

    /// <summary>How these scales were found; null where there are none, or placeholders.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ManifestQuantization? Quantization { get; init; }

    /// <summary>True when its scores are wrong, because its activation scales are placeholders.</summary>
    [JsonIgnore]
    public bool HasPlaceholderScales => Calibration == PlaceholderCalibration;

    /// <summary>Operator set of the graphs.</summary>
    public required int Opset { get; init; }

    /// <summary>File of each graph form, by the form's name (<c>padded</c>, <c>packed</c>).</summary>
    public required IReadOnlyDictionary<string, string> Graphs { get; init; }

    /// <summary>File of the weights that all forms share.</summary>
    public required string Weights { get; init; }

    /// <summary>File of the weights that graphs of other precisions read too; null where there is none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? SharedWeights { get; init; }

    /// <summary>How it ranks against FP32; null where nobody looked.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public GateResult? Gate { get; init; }

    /// <summary>The precisions of a folder with several, the first of which is described above as well; null where there is one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ManifestPrecision>? Precisions { get; init; }

    /// <summary>File of the tokenizer: a SentencePiece model, or a <c>tokenizer.json</c>.</summary>
    public required string Tokenizer { get; init; }

    /// <summary>Every file of the folder but the manifest.</summary>
    public required IReadOnlyList<ManifestFile> Files { get; init; }

    /// <summary>The files the model was made from.</summary>
    public required IReadOnlyList<ManifestFile> Source { get; init; }

    /// <summary>Pairs with the logits this model gave when it was made; an engine that gives others is not this model.</summary>
    public required IReadOnlyList<ManifestProbe> Probes { get; init; }

    /// <summary>Name and version of the program that wrote the folder.</summary>
    public required string Tool { get; init; }

    /// <summary>The model in one of its precisions, as the manifest of a folder with that one alone.</summary>
    public ModelManifest SelectPrecision(ManifestPrecision one)
    {
        ArgumentNullException.ThrowIfNull(one);
        return this with
        {
            Identity = one.Identity,
            Precision = one.Precision,
            OnePairPerRun = one.OnePairPerRun,
            Calibration = one.Calibration,
            Quantization = one.Quantization,
            Graphs = one.Graphs,
            Weights = one.Weights,
            SharedWeights = one.SharedWeights,
            Probes = one.Probes,
            Gate = one.Gate,
            Precisions = null,
        };
    }
}

/// <summary>A file of a model folder, or of its source.</summary>
/// <param name="Name">Name without a folder.</param>
/// <param name="Bytes">Size.</param>
/// <param name="Sha256">SHA-256 in lower-case hexadecimal.</param>
public sealed record ManifestFile(string Name, long Bytes, string Sha256);

/// <summary>A pair and its logit.</summary>
/// <param name="Ids">Token ids, special tokens included.</param>
/// <param name="Logit">The logit on the machine that made the model.</param>
/// <param name="Tolerance">
/// By how much right runs may differ there, of a model whose logits move further with rounding than its precision's usually do; null for
/// the precision's <see cref="ModelPrecision.LogitTolerance"/>.
/// </param>
public sealed record ManifestProbe(
    int[] Ids, float Logit, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] float? Tolerance = null);

/// <summary>Shape of a cross-encoder.</summary>
public sealed record ModelShape
{
    /// <summary>Row of the first token's position in XLM-RoBERTa, which counts from behind that of padding.</summary>
    public const int UsualFirstPosition = PairLayout.PadId + 1;

    /// <summary>Encoder layers.</summary>
    public required int Layers { get; init; }

    /// <summary>Hidden size.</summary>
    public required int Hidden { get; init; }

    /// <summary>Attention heads.</summary>
    public required int Heads { get; init; }

    /// <summary>Size of the feed-forward layer.</summary>
    public required int FeedForward { get; init; }

    /// <summary>Rows of the embedding table.</summary>
    public required int Vocabulary { get; init; }

    /// <summary>Rows of the position table, those before the first position included.</summary>
    public required int Positions { get; init; }

    /// <summary>Row of the first token's position; null for <see cref="UsualFirstPosition"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? FirstPosition { get; init; }

    /// <summary>
    /// Id of the token that ends the first of two segments; null where there is one. The position table then has its rows twice:
    /// with the first segment's embedding added, and with the second's.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? SecondSegmentAfter { get; init; }

    /// <summary>What stands in place of the position table, and how layers differ; null for layers as XLM-RoBERTa's.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RotaryShape? Rotary { get; init; }

    /// <summary>Epsilon of the layer normalizations.</summary>
    public required float LayerNormEpsilon { get; init; }

    /// <summary>Tokens a pair may have at most by the position table.</summary>
    [JsonIgnore]
    public int MaxPositions => Positions - (FirstPosition ?? UsualFirstPosition);
}
