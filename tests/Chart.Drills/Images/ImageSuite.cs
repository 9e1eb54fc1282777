using Reranker.Chart.Drills.Images;

[assembly: AssemblyFixture(typeof(ImageBuild))]

namespace Reranker.Chart.Drills.Images;

/// <summary>What builds and runs images does so alone: alerts are timed by what the machine has left.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ImageSuite
{
    /// <summary>Name of the collection.</summary>
    public const string Name = "images";
}
