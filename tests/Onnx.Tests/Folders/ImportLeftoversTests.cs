using Reranker.Inference.Models;
using Reranker.Onnx.Import;
using Reranker.TestKit;
using Reranker.TestKit.Reference;

namespace Reranker.Onnx.Tests.Folders;

/// <summary>What a killed import leaves, the next one of the same folder puts in order.</summary>
public sealed class ImportLeftoversTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public ImportLeftoversTests() => TinyCheckpoints.Write(_temp["checkpoint"], TinyCheckpoints.Shape(), seed: 1);

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void The_next_import_removes_what_a_killed_one_left_and_nothing_else()
    {
        Import();
        Leave("model.importing-0123abcd", "weights.bin");
        Leave("model.importing-89abcdef.replaced", ModelManifest.FileName);
        Leave("model.importing-notes", "thesis.txt");
        Leave("other.importing-0123abcd", "weights.bin");
        File.WriteAllText(_temp["model.importing-76543210.lock"], "");

        Import(overwrite: true);

        Assert.Equal(["checkpoint", "model", "model.importing-notes", "other.importing-0123abcd"], Entries());
    }

    [Fact]
    public void An_import_that_is_at_work_keeps_its_folder()
    {
        var seen = false;
        Import(new Watch(() =>
        {
            if (!seen)
            {
                seen = true;
                Import(overwrite: true);
                Assert.Single(Entries(), e => e!.StartsWith("model.importing-", StringComparison.Ordinal) && !e.EndsWith(".lock", StringComparison.Ordinal));
            }
        }), overwrite: true);

        Assert.Equal(["checkpoint", "model"], Entries());
    }

    [Fact]
    public void A_model_that_was_moved_aside_by_a_killed_import_comes_back()
    {
        var first = Import();
        Directory.Move(_temp["model"], _temp["model.importing-0123abcd.replaced"]);
        Leave("model.importing-0123abcd", "weights.bin");

        Assert.Contains("--overwrite", Assert.Throws<ModelFolderException>(() => Import()).Reason, StringComparison.Ordinal);

        Assert.Equal(first.Identity, ModelFolder.Open(_temp["model"]).Manifest.Identity);
        Assert.Equal(["checkpoint", "model"], Entries());
    }

    private void Leave(string folder, string file)
    {
        Directory.CreateDirectory(_temp[folder]);
        File.WriteAllText(Path.Combine(_temp[folder], file), "left behind");
    }

    private List<string?> Entries() => [.. Directory.GetFileSystemEntries(_temp.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal)];

    private ModelManifest Import(IProgress<ImportProgress>? progress = null, bool overwrite = false) => CheckpointImporter.Import(
        _temp["checkpoint"], _temp["model"], new ImportOptions { Overwrite = overwrite }, progress, CancellationToken.None);

    private sealed class Watch(Action action) : IProgress<ImportProgress>
    {
        public void Report(ImportProgress value) => action();
    }
}
