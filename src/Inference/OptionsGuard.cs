using System.ComponentModel.DataAnnotations;

namespace Reranker.Inference;

/// <summary>Checks options where they are first used, so that a bad value stops the start and names itself.</summary>
public static class OptionsGuard
{
    /// <exception cref="ValidationException">A value is outside its range.</exception>
    public static T Checked<T>(this T options)
        where T : class
    {
        Validator.ValidateObject(options, new ValidationContext(options), validateAllProperties: true);
        return options;
    }
}
