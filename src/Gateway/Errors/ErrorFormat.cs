using System.Text.Json;

namespace Reranker.Gateway.Errors;

/// <summary>A format whose errors are one object, with the usual status of each kind; a format says what differs.</summary>
/// <param name="schema">Name of its schema in the description of the paths.</param>
internal abstract class ErrorFormat(string schema) : IErrorFormat
{
    public string Schema => schema;

    public virtual int FindStatus(GatewayErrorKind kind) => ErrorStatus.FromKind(kind);

    public virtual void WriteBody(Utf8JsonWriter writer, GatewayError error)
    {
        writer.WriteStartObject();
        WriteFields(writer, error, FindStatus(error.Kind));
        writer.WriteEndObject();
    }

    /// <summary>Writes the fields of the object.</summary>
    protected abstract void WriteFields(Utf8JsonWriter writer, GatewayError error, int status);
}
