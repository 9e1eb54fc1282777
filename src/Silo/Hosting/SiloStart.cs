using System.ComponentModel.DataAnnotations;
using Reranker.Inference.Engines;
using Reranker.Inference.Models;

namespace Reranker.Silo.Hosting;

/// <summary>What can go wrong when a silo starts, and is for the person who starts it.</summary>
public static class SiloStart
{
    /// <summary>Whether the message of an exception says what to do. Anything else is a fault of the program.</summary>
    public static bool IsUserError(Exception exception) =>
        exception is ModelFolderException or EngineUnavailableException or EngineException or ValidationException;
}
