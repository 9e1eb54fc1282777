using System.Text.Json;
using System.Text.Json.Serialization;

namespace Reranker.Inference.Models;

/// <summary>How a manifest reads and looks on disk.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ModelManifest))]
public sealed partial class ModelManifestJson : JsonSerializerContext;
