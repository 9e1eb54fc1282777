using System.Globalization;
using YamlDotNet.RepresentationModel;

namespace Reranker.Chart.Drills;

/// <summary>The pod of a rendered workload, as the kubelet would read it.</summary>
internal sealed class RenderedPod(YamlMappingNode workload)
{
    private readonly YamlNode _spec = RenderedDocuments.FindNode(workload, "spec", "template", "spec")!;

    /// <summary>Pods at once.</summary>
    public int Replicas => ReadNumber(RenderedDocuments.ReadText(workload, "spec", "replicas"));

    /// <summary>Time between the signal and the kill.</summary>
    public TimeSpan GracePeriod => TimeSpan.FromSeconds(ReadNumber(RenderedDocuments.ReadText(_spec, "terminationGracePeriodSeconds")));

    /// <summary>Number of a port of the container, by its name.</summary>
    public string ReadPort(string name) => ((YamlSequenceNode)RenderedDocuments.FindNode(_spec, "containers", "0", "ports")!)
        .Where(p => RenderedDocuments.ReadText(p, "name") == name)
        .Select(static p => RenderedDocuments.ReadText(p, "containerPort"))
        .Single();

    /// <summary>Path of a probe of the container.</summary>
    public string ReadProbePath(string probe) => RenderedDocuments.ReadText(_spec, "containers", "0", probe, "httpGet", "path");

    /// <summary>Scheme of a probe of the container.</summary>
    public string ReadProbeScheme(string probe)
        => RenderedDocuments.FindNode(_spec, "containers", "0", probe, "httpGet", "scheme") is { } scheme ? RenderedDocuments.ReadText(scheme) : "HTTP";

    /// <summary>The secret whose keys are files in the folder of a path; null where none is mounted there.</summary>
    public string? FindSecretOf(string path)
    {
        var folder = Path.GetDirectoryName(path);
        var mounts = (YamlSequenceNode)RenderedDocuments.FindNode(_spec, "containers", "0", "volumeMounts")!;
        var mount = mounts.SingleOrDefault(m => RenderedDocuments.ReadText(m, "mountPath") == folder);
        return mount is null ? null : ((YamlSequenceNode)RenderedDocuments.FindNode(_spec, "volumes")!)
            .Where(v => RenderedDocuments.ReadText(v, "name") == RenderedDocuments.ReadText(mount, "name"))
            .Select(static v => RenderedDocuments.ReadText(v, "secret", "secretName"))
            .Single();
    }

    /// <summary>Paths at which the container can write.</summary>
    public IEnumerable<string> ListWritableMounts() => ((YamlSequenceNode)RenderedDocuments.FindNode(_spec, "containers", "0", "volumeMounts")!)
        .Where(static m => RenderedDocuments.ReadText(m, "readOnly") != "true")
        .Select(static m => RenderedDocuments.ReadText(m, "mountPath"));

    /// <summary>Time that a probe may fail before something is done.</summary>
    public TimeSpan ReadProbeTime(string probe) => TimeSpan.FromSeconds(
        ReadNumber(RenderedDocuments.ReadText(_spec, "containers", "0", probe, "periodSeconds")) * ReadNumber(RenderedDocuments.ReadText(_spec, "containers", "0", probe, "failureThreshold")));

    /// <summary>
    /// Environment variables of the container, with what a cluster would put in place of references.
    /// </summary>
    /// <param name="secrets">Values of secrets by <c>name/key</c>.</param>
    public Dictionary<string, string> ReadEnvironment(IReadOnlyDictionary<string, string> secrets)
    {
        var variables = new Dictionary<string, string>();
        foreach (var variable in (YamlSequenceNode)RenderedDocuments.FindNode(_spec, "containers", "0", "env")!)
        {
            variables[RenderedDocuments.ReadText(variable, "name")] = RenderedDocuments.FindNode(variable, "valueFrom") switch
            {
                null => RenderedDocuments.ReadText(variable, "value"),
                var source when RenderedDocuments.FindNode(source, "secretKeyRef") is { } secret
                    => secrets[$"{RenderedDocuments.ReadText(secret, "name")}/{RenderedDocuments.ReadText(secret, "key")}"],
                var source when RenderedDocuments.ReadText(source, "fieldRef", "fieldPath") == "status.podIP" => "127.0.0.1",
                var source => throw new NotSupportedException($"A reference that no kubelet of this test knows: {source}"),
            };
        }

        return variables;
    }

    private static int ReadNumber(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
