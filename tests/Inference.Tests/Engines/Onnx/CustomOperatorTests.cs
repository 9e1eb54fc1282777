using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Reranker.Inference.Engines.Cuda;
using Reranker.Inference.Engines.Onnx.Operators;
using Reranker.Inference.Graphs;
using Reranker.Onnx.Graphs;
using Reranker.Onnx.Weights;
using Reranker.TestKit;

namespace Reranker.Inference.Tests.Engines.Onnx;

public sealed class CustomOperatorTests
{
    private const string Domain = "test";

    [Fact]
    public void An_operator_of_our_own_reads_its_inputs_and_writes_an_output_of_a_shape_it_says()
    {
        using var domain = new OperatorDomain(Domain, new OuterProduct());
        using var session = Open(domain, "OuterProduct");
        for (var count = 1; count <= 3; count++)
        {
            var left = Enumerable.Range(1, count).Select(i => (float)i).ToArray();
            float[] right = [10, 100];

            var (shape, values) = Run(session, left, right);

            Assert.Equal([count, 2], shape);
            Assert.Equal(left.SelectMany(l => right.Select(r => l * r)), values);
        }
    }

    [Fact]
    public void What_an_operator_throws_is_the_error_of_the_run_and_not_of_the_process()
    {
        using var domain = new OperatorDomain(Domain, new Refusing());
        using var session = Open(domain, "Refusing");

        var error = Assert.Throws<OnnxRuntimeException>(() => Run(session, [1], [2]));

        Assert.Contains("not today", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_operator_has_inputs_and_outputs_of_several_types_and_reads_the_attributes_of_its_node()
    {
        using var domain = new OperatorDomain(Domain, new Repeating());
        using var session = domain.OpenSession(() => OpenSession(domain, RepeatingGraph("times")));
        using var bytes = OrtValue.CreateTensorValueFromMemory(new byte[] { 1, 2, 250 }, [3]);
        using var run = new RunOptions();

        using var results = session.Run(run, ["x"], [bytes], ["y", "sum"]);

        Assert.Equal([1, 2, 250, 1, 2, 250], results[0].GetTensorDataAsSpan<byte>().ToArray());
        Assert.Equal([253 * 0.5f], results[1].GetTensorDataAsSpan<float>().ToArray());
    }

    [Fact]
    public void A_node_without_an_attribute_that_its_operator_needs_is_no_session()
    {
        using var domain = new OperatorDomain(Domain, new Repeating());

        Assert.Throws<OnnxRuntimeException>(() => domain.OpenSession(() => OpenSession(domain, RepeatingGraph("often"))));
    }

    // A CPU has no kernel for it; that its type is what is complained of shows that its declaration was read.
    [Fact]
    public void An_operator_is_known_to_sessions_that_were_told_of_its_domain_and_to_no_others()
    {
        using var operators = new CudaOperators();
        using var told = new SessionOptions();
        using var untold = new SessionOptions();
        operators.RegisterOperators(told);
        var graph = Graph(GraphOperators.Domain, "Product", OnnxType.Float16);

        Assert.Contains("not a registered", Assert.Throws<OnnxRuntimeException>(() => new InferenceSession(graph, untold)).Message, StringComparison.Ordinal);
        Assert.Contains("operator (Product)", Assert.Throws<OnnxRuntimeException>(() => new InferenceSession(graph, told)).Message, StringComparison.Ordinal);
    }

    // The runtime keeps one list of domains a process; of two sessions that find a new one missing there, one fails.
    [Fact]
    public async Task The_first_session_of_a_domain_is_opened_alone_and_later_ones_side_by_side()
    {
        var cancellation = TestContext.Current.CancellationToken;
        const string Name = "domain-of-this-test";
        using var first = new OperatorDomain(Name, new OuterProduct());
        using var second = new OperatorDomain(Name, new OuterProduct());
        using var isInside = new SemaphoreSlim(0);
        using var mayLeave = new SemaphoreSlim(0);
        InferenceSession OpenSlowly(OperatorDomain domain)
        {
            isInside.Release();
            mayLeave.Wait(cancellation);
            return OpenSession(domain, Graph(Name, "OuterProduct", OnnxType.Float));
        }

        Thread? latest = null;
        Task OpenAsync(OperatorDomain domain) => Task.Factory.StartNew(
            () =>
            {
                Volatile.Write(ref latest, Thread.CurrentThread);
                domain.OpenSession(() => OpenSlowly(domain)).Dispose();
            },
            cancellation,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        var leader = OpenAsync(first);
        await isInside.WaitAsync(cancellation);
        var leading = latest;
        var follower = OpenAsync(second);

        // It waits, and not inside.
        await Until.TrueAsync(() => Volatile.Read(ref latest) is { } thread && thread != leading && thread.ThreadState.HasFlag(ThreadState.WaitSleepJoin));
        Assert.Equal(0, isInside.CurrentCount);
        mayLeave.Release(2);
        await Task.WhenAll(leader, follower);

        Task[] late = [OpenAsync(first), OpenAsync(second)];
        await isInside.WaitAsync(cancellation);
        await isInside.WaitAsync(cancellation);
        await isInside.WaitAsync(cancellation);
        mayLeave.Release(2);
        await Task.WhenAll(late);
    }

    private static InferenceSession Open(OperatorDomain domain, string operation)
        => domain.OpenSession(() => OpenSession(domain, Graph(Domain, operation, OnnxType.Float)));

    private static InferenceSession OpenSession(OperatorDomain domain, byte[] graph)
    {
        using var options = new SessionOptions();
        domain.RegisterOperators(options);
        return new InferenceSession(graph, options);
    }

    private static byte[] RepeatingGraph(string times)
    {
        var graph = new GraphBuilder("one-node", new WeightsLayout(), "none");
        graph.AddNode(
            Domain, "Repeating", ["y", "sum"], [graph.AddInput("x", OnnxType.UInt8, "n")], OnnxAttribute.Create(times, 2), OnnxAttribute.Create("factor", 0.5f));
        graph.AddOutput("y", OnnxType.UInt8, "times", "n");
        graph.AddOutput("sum", OnnxType.Float, "one");
        return graph.Build();
    }

    private static byte[] Graph(string domain, string operation, OnnxType type)
    {
        var graph = new GraphBuilder("one-node", new WeightsLayout(), "none");
        graph.AddNode(domain, operation, ["y"], [graph.AddInput("left", type, "n"), graph.AddInput("right", type, "m")]);
        graph.AddOutput("y", type, "n", "m");
        return graph.Build();
    }

    private static (long[] Shape, float[] Values) Run(InferenceSession session, float[] left, float[] right)
    {
        using var one = OrtValue.CreateTensorValueFromMemory(left, [left.Length]);
        using var other = OrtValue.CreateTensorValueFromMemory(right, [right.Length]);
        using var run = new RunOptions();
        using var results = session.Run(run, ["left", "right"], [one, other], ["y"]);
        return (results[0].GetTensorTypeAndShape().Shape, results[0].GetTensorDataAsSpan<float>().ToArray());
    }

    private abstract class OnCpu(string name) : CustomOperator
    {
        public override string Name => name;

        public override string? ExecutionProvider => null;

        public override IReadOnlyList<TensorElementType> Inputs { get; } = [TensorElementType.Float, TensorElementType.Float];

        public override IReadOnlyList<TensorElementType> Outputs { get; } = [TensorElementType.Float];
    }

    private sealed class OuterProduct() : OnCpu("OuterProduct")
    {
        public override OperatorNode CreateNode(NodeAttributes attributes) => new Node();

        private sealed unsafe class Node : OperatorNode
        {
            public override void Compute(KernelContext context)
            {
                var left = new ReadOnlySpan<float>((void*)context.GetInput(0, out var rows), (int)rows[0]);
                var right = new ReadOnlySpan<float>((void*)context.GetInput(1, out var columns), (int)columns[0]);
                var output = new Span<float>((void*)context.CreateOutput(0, rows[0], columns[0]), left.Length * right.Length);
                for (var i = 0; i < output.Length; i++)
                {
                    output[i] = left[i / right.Length] * right[i % right.Length];
                }
            }
        }
    }

    private sealed class Refusing() : OnCpu("Refusing")
    {
        public override OperatorNode CreateNode(NodeAttributes attributes) => new Node();

        private sealed class Node : OperatorNode
        {
            public override void Compute(KernelContext context) => throw new InvalidOperationException("not today");
        }
    }

    // Bytes and their sum; how often and with what is said by attributes.
    private sealed class Repeating : CustomOperator
    {
        public override string Name => "Repeating";

        public override string? ExecutionProvider => null;

        public override IReadOnlyList<TensorElementType> Inputs { get; } = [TensorElementType.UInt8];

        public override IReadOnlyList<TensorElementType> Outputs { get; } = [TensorElementType.UInt8, TensorElementType.Float];

        public override OperatorNode CreateNode(NodeAttributes attributes)
            => new Node(attributes.ReadInteger("times"), attributes.ReadFloat("factor"));

        private sealed unsafe class Node(long times, float factor) : OperatorNode
        {
            public override void Compute(KernelContext context)
            {
                var bytes = new ReadOnlySpan<byte>((void*)context.GetInput(0, out var count), (int)count[0]);
                var repeated = new Span<byte>((void*)context.CreateOutput(0, times, count[0]), (int)(times * count[0]));
                for (var i = 0; i < repeated.Length; i++)
                {
                    repeated[i] = bytes[i % bytes.Length];
                }

                *(float*)context.CreateOutput(1, 1) = factor * bytes.ToArray().Sum(b => b);
            }
        }
    }
}
