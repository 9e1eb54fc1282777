namespace Reranker.Inference.Engines.Cuda.Products;

/// <summary>
/// A kind of matrix product: <c>epilogue(x · W + b)</c>, summed in FP32. In FP16 W is [inner, outer]; in FP8 it is [outer, inner],
/// the only way in which FP8 kernels take it.
/// </summary>
/// <param name="Epilogue">What happens behind the product.</param>
/// <param name="Inner">Columns of x.</param>
/// <param name="Outer">Columns of the result.</param>
/// <param name="Types">Types of operands and result.</param>
internal readonly record struct MatrixProduct(Epilogue Epilogue, int Inner, int Outer, ProductTypes Types = ProductTypes.Half);

/// <summary>Where the operands of one product lie in device memory. <c>Bias</c> is 0 where there is none.</summary>
/// <param name="X">Left operand.</param>
/// <param name="Weight">Right operand.</param>
/// <param name="Bias">Bias, in FP16.</param>
/// <param name="Result">Result.</param>
/// <param name="Scale">What the sums are multiplied with, before the epilogue.</param>
/// <param name="ResultScale">Where on the device the float lies with which an FP8 result is multiplied, behind the epilogue.</param>
internal readonly record struct Operands(nint X, nint Weight, nint Bias, nint Result, float Scale = 1, nint ResultScale = 0);
