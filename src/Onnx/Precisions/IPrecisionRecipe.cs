using Reranker.Inference.Models;
using Reranker.Onnx.Verification;

namespace Reranker.Onnx.Precisions;

/// <summary>How a model of one precision is made of a checkpoint. All that an import does differently for a precision is here.</summary>
internal interface IPrecisionRecipe
{
    /// <summary>The precision: its name and tolerance.</summary>
    ModelPrecision Precision { get; }

    /// <summary>True when a run may hold one pair only, because activation ranges are taken over the whole run.</summary>
    bool OnePairPerRun { get; }

    /// <summary>True when it can read its embeddings, normalizations and biases from <see cref="Weights.SharedWeights"/>.</summary>
    bool SharesWeights => false;

    /// <summary>Which models of the precision get probes, and how.</summary>
    ProbeRule Probes { get; }

    /// <summary>Decides over weights and operators; calibrates where the precision needs it.</summary>
    /// <param name="inputs">The checkpoint, and what is already known of it.</param>
    PrecisionPlan CreatePlan(RecipeInputs inputs);
}
