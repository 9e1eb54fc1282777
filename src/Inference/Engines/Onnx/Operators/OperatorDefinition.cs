using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Reranker.Inference.Engines.Onnx.Operators;

/// <summary>
/// A <see cref="CustomOperator"/> as the table of functions that ONNX Runtime calls. Behind the table is a handle of the
/// operator, which the functions find through the table's own address. A kernel is a handle of its <see cref="OperatorNode"/>.
/// </summary>
internal sealed unsafe class OperatorDefinition : IDisposable
{
    private const int TableCells = 26;
    private const int HandleCell = TableCells;
    private const int NameCell = TableCells + 1;
    private const int ProviderCell = TableCells + 2;
    private const int InputsCell = TableCells + 3;
    private const int OutputsCell = TableCells + 4;

    // The types of the inputs, and then those of the outputs.
    private const int TypesCell = TableCells + 5;

    // Places in the table, as in the declaration of OrtCustomOp; those that are not named stay empty.
    private const int GetName = 2;
    private const int GetProvider = 3;
    private const int GetInputType = 4;
    private const int GetInputCount = 5;
    private const int GetOutputType = 6;
    private const int GetOutputCount = 7;
    private const int KernelDestroy = 9;
    private const int GetInputCharacteristic = 10;
    private const int GetOutputCharacteristic = 11;
    private const int GetInputMemory = 12;
    private const int CreateKernel = 17;
    private const int KernelCompute = 18;
    private const int GetStartVersion = 20;
    private const int GetEndVersion = 21;
    private const int LastVersion = int.MaxValue;

    private readonly nint* _cells;

    public OperatorDefinition(CustomOperator custom)
    {
        _cells = (nint*)NativeMemory.AllocZeroed((nuint)(TypesCell + custom.Inputs.Count + custom.Outputs.Count), (nuint)sizeof(nint));
        *(uint*)_cells = OrtFunctions.Version;
        _cells[GetName] = (nint)(delegate* unmanaged<nint*, nint>)&GetOperatorName;
        _cells[GetProvider] = (nint)(delegate* unmanaged<nint*, nint>)&GetExecutionProvider;
        _cells[GetInputType] = (nint)(delegate* unmanaged<nint*, nuint, int>)&GetTypeOfInput;
        _cells[GetInputCount] = (nint)(delegate* unmanaged<nint*, nuint>)&CountInputs;
        _cells[GetOutputType] = (nint)(delegate* unmanaged<nint*, nuint, int>)&GetTypeOfOutput;
        _cells[GetOutputCount] = (nint)(delegate* unmanaged<nint*, nuint>)&CountOutputs;
        _cells[KernelDestroy] = (nint)(delegate* unmanaged<nint, void>)&DestroyKernelState;
        _cells[GetInputCharacteristic] = (nint)(delegate* unmanaged<nint*, nuint, int>)&GetCharacteristic;
        _cells[GetOutputCharacteristic] = (nint)(delegate* unmanaged<nint*, nuint, int>)&GetCharacteristic;
        _cells[GetInputMemory] = (nint)(delegate* unmanaged<nint*, nuint, int>)&GetMemoryPlace;
        _cells[CreateKernel] = (nint)(delegate* unmanaged<nint*, nint, nint, nint*, nint>)&CreateKernelState;
        _cells[KernelCompute] = (nint)(delegate* unmanaged<nint, nint, nint>)&ComputeNode;
        _cells[GetStartVersion] = (nint)(delegate* unmanaged<nint*, int>)&GetFirstVersion;
        _cells[GetEndVersion] = (nint)(delegate* unmanaged<nint*, int>)&GetLastVersion;
        _cells[HandleCell] = GCHandle.ToIntPtr(GCHandle.Alloc(custom));
        _cells[NameCell] = Marshal.StringToCoTaskMemUTF8(custom.Name);
        _cells[ProviderCell] = Marshal.StringToCoTaskMemUTF8(custom.ExecutionProvider);
        _cells[InputsCell] = custom.Inputs.Count;
        _cells[OutputsCell] = custom.Outputs.Count;
        var types = TypesCell;
        foreach (var type in (IEnumerable<TensorElementType>)[.. custom.Inputs, .. custom.Outputs])
        {
            _cells[types++] = (nint)type;
        }
    }

    /// <summary>Address of the table.</summary>
    public nint Address => (nint)_cells;

    public void Dispose()
    {
        GCHandle.FromIntPtr(_cells[HandleCell]).Free();
        Marshal.FreeCoTaskMem(_cells[NameCell]);
        Marshal.FreeCoTaskMem(_cells[ProviderCell]);
        NativeMemory.Free(_cells);
    }

    [UnmanagedCallersOnly]
    private static nint GetOperatorName(nint* cells) => cells[NameCell];

    [UnmanagedCallersOnly]
    private static nint GetExecutionProvider(nint* cells) => cells[ProviderCell];

    [UnmanagedCallersOnly]
    private static int GetTypeOfInput(nint* cells, nuint index) => (int)cells[TypesCell + (int)index];

    [UnmanagedCallersOnly]
    private static int GetTypeOfOutput(nint* cells, nuint index) => (int)cells[TypesCell + (int)cells[InputsCell] + (int)index];

    [UnmanagedCallersOnly]
    private static nuint CountInputs(nint* cells) => (nuint)cells[InputsCell];

    [UnmanagedCallersOnly]
    private static nuint CountOutputs(nint* cells) => (nuint)cells[OutputsCell];

    [UnmanagedCallersOnly]
    private static int GetCharacteristic(nint* cells, nuint index) => 0;

    [UnmanagedCallersOnly]
    private static int GetMemoryPlace(nint* cells, nuint index) => 0;

    [UnmanagedCallersOnly]
    private static int GetFirstVersion(nint* cells) => 1;

    [UnmanagedCallersOnly]
    private static int GetLastVersion(nint* cells) => LastVersion;

    [UnmanagedCallersOnly]
    private static nint CreateKernelState(nint* cells, nint api, nint info, nint* kernel)
    {
        try
        {
            var custom = Unsafe.As<CustomOperator>(GCHandle.FromIntPtr(cells[HandleCell]).Target!);
            *kernel = GCHandle.ToIntPtr(GCHandle.Alloc(custom.CreateNode(new NodeAttributes(OrtFunctions.Instance, info))));
            return 0;
        }
        catch (Exception e)
        {
            return OrtFunctions.Instance.CreateFailure(e.Message);
        }
    }

    [UnmanagedCallersOnly]
    private static void DestroyKernelState(nint kernel)
    {
        if (kernel != 0)
        {
            GCHandle.FromIntPtr(kernel).Free();
        }
    }

    [UnmanagedCallersOnly]
    private static nint ComputeNode(nint kernel, nint context)
    {
        try
        {
            Unsafe.As<OperatorNode>(GCHandle.FromIntPtr(kernel).Target!).Compute(new KernelContext(OrtFunctions.Instance, context));
            return 0;
        }
        catch (Exception e)
        {
            // No exception may pass the native frames below.
            return OrtFunctions.Instance.CreateFailure(e.Message);
        }
    }
}
