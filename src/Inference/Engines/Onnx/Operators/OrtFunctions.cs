using System.Runtime.InteropServices;
using System.Text;

namespace Reranker.Inference.Engines.Onnx.Operators;

/// <summary>
/// The functions of ONNX Runtime's C interface that custom operators need and the managed package does not offer. The places
/// in the function table never change: functions are only added behind the last one.
/// </summary>
internal sealed unsafe class OrtFunctions
{
    /// <summary>Version of the interface that is asked for: the first one with all functions used here.</summary>
    public const uint Version = 24;

    private const int CreateStatusPlace = 0;
    private const int GetErrorMessagePlace = 2;
    private const int CreateDomainPlace = 26;
    private const int AddToDomainPlace = 27;
    private const int AddDomainPlace = 28;
    private const int TensorDataPlace = 51;
    private const int FloatAttributePlace = 85;
    private const int IntegerAttributePlace = 86;
    private const int InputPlace = 90;
    private const int OutputPlace = 91;
    private const int ReleaseStatusPlace = 93;
    private const int ReleaseDomainPlace = 101;
    private const int StreamPlace = 193;
    private const int ShapePlace = 414;
    private const int Failed = 1;

    private static readonly Lazy<OrtFunctions> Shared = new(() => new OrtFunctions());

    private readonly delegate* unmanaged<int, byte*, nint> _createStatus;
    private readonly delegate* unmanaged<nint, byte*> _errorMessage;
    private readonly delegate* unmanaged<nint, void> _releaseStatus;
    private readonly delegate* unmanaged<byte*, nint*, nint> _createDomain;
    private readonly delegate* unmanaged<nint, nint, nint> _addToDomain;
    private readonly delegate* unmanaged<nint, nint, nint> _addDomain;
    private readonly delegate* unmanaged<nint, void> _releaseDomain;
    private readonly delegate* unmanaged<nint, byte*, float*, nint> _floatAttribute;
    private readonly delegate* unmanaged<nint, byte*, long*, nint> _integerAttribute;
    private readonly delegate* unmanaged<nint, nuint, nint*, nint> _input;
    private readonly delegate* unmanaged<nint, nuint, long*, nuint, nint*, nint> _output;
    private readonly delegate* unmanaged<nint, nint*, nint> _tensorData;
    private readonly delegate* unmanaged<nint, int*, long**, nuint*, nint> _shape;
    private readonly delegate* unmanaged<nint, nint*, nint> _stream;

    private OrtFunctions()
    {
        var table = FindFunctionTable(NativeLibrary.Load(OnnxRuntimeLibrary.FilePath), Version);
        if (table == null)
        {
            throw new NotSupportedException($"ONNX Runtime's interface {Version} is not in the library that is loaded");
        }

        _createStatus = (delegate* unmanaged<int, byte*, nint>)table[CreateStatusPlace];
        _errorMessage = (delegate* unmanaged<nint, byte*>)table[GetErrorMessagePlace];
        _releaseStatus = (delegate* unmanaged<nint, void>)table[ReleaseStatusPlace];
        _createDomain = (delegate* unmanaged<byte*, nint*, nint>)table[CreateDomainPlace];
        _addToDomain = (delegate* unmanaged<nint, nint, nint>)table[AddToDomainPlace];
        _addDomain = (delegate* unmanaged<nint, nint, nint>)table[AddDomainPlace];
        _releaseDomain = (delegate* unmanaged<nint, void>)table[ReleaseDomainPlace];
        _floatAttribute = (delegate* unmanaged<nint, byte*, float*, nint>)table[FloatAttributePlace];
        _integerAttribute = (delegate* unmanaged<nint, byte*, long*, nint>)table[IntegerAttributePlace];
        _input = (delegate* unmanaged<nint, nuint, nint*, nint>)table[InputPlace];
        _output = (delegate* unmanaged<nint, nuint, long*, nuint, nint*, nint>)table[OutputPlace];
        _tensorData = (delegate* unmanaged<nint, nint*, nint>)table[TensorDataPlace];
        _shape = (delegate* unmanaged<nint, int*, long**, nuint*, nint>)table[ShapePlace];
        _stream = (delegate* unmanaged<nint, nint*, nint>)table[StreamPlace];
    }

    /// <summary>That of the ONNX Runtime of this process.</summary>
    public static OrtFunctions Instance => Shared.Value;

    /// <summary>True when the ONNX Runtime of this process has that version of the interface.</summary>
    public static bool HasVersion(uint version)
        => NativeLibrary.TryLoad(OnnxRuntimeLibrary.FilePath, out var library) && FindFunctionTable(library, version) != null;

    /// <summary>A failure, for ONNX Runtime to report; it owns the status then.</summary>
    public nint CreateFailure(string message)
    {
        var text = Marshal.StringToCoTaskMemUTF8(message);
        try
        {
            return _createStatus(Failed, (byte*)text);
        }
        finally
        {
            Marshal.FreeCoTaskMem(text);
        }
    }

    /// <summary>A new operator domain, to be given to <see cref="ReleaseDomain"/>.</summary>
    /// <param name="name">Its name, in UTF-8 with a zero at the end; it must live as long as the domain.</param>
    public nint CreateDomain(byte* name)
    {
        nint domain = 0;
        ThrowIfFailed(_createDomain(name, &domain));
        return domain;
    }

    /// <summary>Adds an operator to a domain; both must outlive every session that uses them.</summary>
    public void AddOperator(nint domain, nint definition) => ThrowIfFailed(_addToDomain(domain, definition));

    /// <summary>Makes a domain known to sessions that are made with these options.</summary>
    public void AddDomain(nint sessionOptions, nint domain) => ThrowIfFailed(_addDomain(sessionOptions, domain));

    /// <summary>Releases a domain.</summary>
    public void ReleaseDomain(nint domain) => _releaseDomain(domain);

    /// <summary>An attribute of a node that is a float.</summary>
    public float ReadFloat(nint info, string name)
    {
        float value = 0;
        fixed (byte* text = CreateText(name))
        {
            ThrowIfFailed(_floatAttribute(info, text, &value));
        }

        return value;
    }

    /// <summary>An attribute of a node that is an integer.</summary>
    public long ReadInteger(nint info, string name)
    {
        long value = 0;
        fixed (byte* text = CreateText(name))
        {
            ThrowIfFailed(_integerAttribute(info, text, &value));
        }

        return value;
    }

    /// <summary>An input of a node.</summary>
    public nint GetInput(nint context, int index)
    {
        nint value = 0;
        ThrowIfFailed(_input(context, (nuint)index, &value));
        return value;
    }

    /// <summary>An output of a node, allocated for this shape.</summary>
    public nint CreateOutput(nint context, int index, ReadOnlySpan<long> shape)
    {
        nint value = 0;
        fixed (long* dims = shape)
        {
            ThrowIfFailed(_output(context, (nuint)index, dims, (nuint)shape.Length, &value));
        }

        return value;
    }

    /// <summary>Where a tensor's elements are.</summary>
    public nint GetData(nint value)
    {
        nint data = 0;
        ThrowIfFailed(_tensorData(value, &data));
        return data;
    }

    /// <summary>A tensor's shape, which is valid while the tensor is.</summary>
    public ReadOnlySpan<long> GetShape(nint value)
    {
        var type = 0;
        long* dims = null;
        nuint count = 0;
        ThrowIfFailed(_shape(value, &type, &dims, &count));
        return new ReadOnlySpan<long>(dims, (int)count);
    }

    /// <summary>The device's stream on which the node works; 0 on a CPU.</summary>
    public nint GetStream(nint context)
    {
        nint stream = 0;
        ThrowIfFailed(_stream(context, &stream));
        return stream;
    }

    private static byte[] CreateText(string name) => Encoding.UTF8.GetBytes(name + '\0');

    private static nint* FindFunctionTable(nint library, uint version)
    {
        var getBase = (delegate* unmanaged<nint*>)NativeLibrary.GetExport(library, "OrtGetApiBase");
        var getApi = (delegate* unmanaged<uint, nint*>)getBase()[0];
        return getApi(version);
    }

    private void ThrowIfFailed(nint status)
    {
        if (status == 0)
        {
            return;
        }

        var message = Marshal.PtrToStringUTF8((nint)_errorMessage(status));
        _releaseStatus(status);
        throw new InvalidOperationException(message);
    }
}
