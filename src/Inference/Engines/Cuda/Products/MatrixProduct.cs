namespace Reranker.Inference.Engines.Cuda.Products;

/// <summary>A kind of matrix product: <c>epilogue(x · W + b)</c>, FP16, summed in FP32.</summary>
/// <param name="Epilogue">What happens behind the product.</param>
/// <param name="Inner">Columns of x, rows of W.</param>
/// <param name="Outer">Columns of W and of the result.</param>
internal readonly record struct MatrixProduct(Epilogue Epilogue, int Inner, int Outer);

/// <summary>Where the operands of one product lie in device memory. <c>Bias</c> is 0 where there is none.</summary>
internal readonly record struct Operands(nint X, nint Weight, nint Bias, nint Result);
