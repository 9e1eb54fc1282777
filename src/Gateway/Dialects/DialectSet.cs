using Reranker.Gateway.Errors;
using Reranker.Gateway.Json;

namespace Reranker.Gateway.Dialects;

/// <summary>The dialects of one path.</summary>
internal sealed class DialectSet
{
    private const string Undetermined = "undetermined";

    private readonly IRerankDialect[] _candidates;
    private readonly GatewayError? _unrecognized;

    /// <summary>A path with one dialect, which every body there is taken to be in.</summary>
    public DialectSet(IRerankDialect dialect)
    {
        (Name, Errors) = (dialect.Name, dialect.Errors);
        _candidates = [dialect];
    }

    /// <summary>A path that several dialects share.</summary>
    /// <param name="errors">The format of errors until a body has shown its dialect.</param>
    /// <param name="unrecognized">The error of a body in none of the dialects.</param>
    /// <param name="candidates">In the order of precedence.</param>
    public DialectSet(IErrorFormat errors, GatewayError unrecognized, params IRerankDialect[] candidates)
    {
        (Name, Errors) = (Undetermined, errors);
        (_unrecognized, _candidates) = (unrecognized, candidates);
    }

    /// <summary>What metrics and traces call a request of this path until its body has shown its dialect.</summary>
    public string Name { get; }

    /// <summary>The format of errors until a body has shown its dialect.</summary>
    public IErrorFormat Errors { get; }

    /// <summary>Its dialects, in the order of precedence.</summary>
    public IReadOnlyList<IRerankDialect> Candidates => _candidates;

    /// <summary>Whether the path names the model, for bodies that do not.</summary>
    public bool PathNamesModel { get; init; }

    /// <summary>Whether a body may have bytes behind its JSON.</summary>
    public bool AllowsAttached { get; init; }

    /// <summary>Finds the dialect of a body.</summary>
    /// <exception cref="RequestFormatException">It is in none of several.</exception>
    public IRerankDialect FindDialect(JsonFields fields)
    {
        if (_unrecognized is null)
        {
            return _candidates[0];
        }

        foreach (var candidate in _candidates)
        {
            if (candidate.Recognizes(fields))
            {
                return candidate;
            }
        }

        throw new RequestFormatException(_unrecognized);
    }
}
