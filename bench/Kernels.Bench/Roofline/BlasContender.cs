using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Kernels.Bench.Roofline;

/// <summary>Two passes: z = Xw and g = Xᵀr by <c>cblas_sgemv</c> of a library that the machine has, σ by TensorPrimitives in
/// between.</summary>
internal sealed unsafe class BlasContender : Contender
{
    private const int RowMajor = 101;
    private const int NoTranspose = 111;
    private const int Transpose = 112;

    private static readonly (string Name, string[] Files, string SetThreads)[] Libraries =
    [
        ("openblas", ["libopenblas.so.0", "libopenblas"], "openblas_set_num_threads"),
        ("blis", ["libblis.so.4", "libblis"], "bli_thread_set_num_threads"),
        ("mkl", ["libmkl_rt.so.2", "libmkl_rt.so.1", "libmkl_rt"], "MKL_Set_Num_Threads"),
    ];

    private readonly delegate* unmanaged<int, int, int, int, float, float*, int, float*, int, float, float*, int, void> _sgemv;

    private BlasContender(string name, nint library, string setThreads, int threads)
    {
        Name = name;
        if (NativeLibrary.TryGetExport(library, "openblas_get_corename", out var core))
            Console.WriteLine(
                $"{name}: its code for {Marshal.PtrToStringUTF8((nint)((delegate* unmanaged<byte*>)core)())}; --openblas-core "
                + $"chooses another");
        _sgemv = (delegate* unmanaged<int, int, int, int, float, float*, int, float*, int, float, float*, int, void>)
            NativeLibrary.GetExport(library, "cblas_sgemv");
        if (name == "blis")
            ((delegate* unmanaged<nint, void>)NativeLibrary.GetExport(library, setThreads))(threads); // dim_t is 64 bits
        else
            ((delegate* unmanaged<int, void>)NativeLibrary.GetExport(library, setThreads))(threads);
    }

    internal override string Name { get; }

    internal override IReadOnlyList<Operation> Operations { get; } = [Operation.Gradient, Operation.Predict];

    /// <summary>The libraries found; <paramref name="absent"/> gets the names of the others.</summary>
    internal static IReadOnlyList<Contender> Find(int threads, List<string> absent)
    {
        var found = new List<Contender>();
        foreach (var (name, files, setThreads) in Libraries)
        {
            nint library = 0;
            if (files.Any(file => NativeLibrary.TryLoad(file, out library)) && NativeLibrary.TryGetExport(library, "cblas_sgemv", out _)
                && NativeLibrary.TryGetExport(library, setThreads, out _))
                found.Add(new BlasContender(name, library, setThreads, threads));
            else
                absent.Add(name);
        }

        return found;
    }

    internal override void Run(Operation operation, Problem problem)
    {
        var (rows, columns) = (problem.Shape.Rows, problem.Shape.Columns);
        var z = problem.Margins;
        fixed (float* x = problem.X, w = problem.Weights, r = z, g = problem.Gradient)
        {
            _sgemv(RowMajor, NoTranspose, rows, columns, 1f, x, columns, w, 1, 0f, r, 1);
            TensorPrimitives.Sigmoid(z, z);
            if (operation == Operation.Predict)
                return;
            TensorPrimitives.Subtract(z, problem.Y, z);
            _sgemv(RowMajor, Transpose, rows, columns, 1f, x, columns, r, 1, 0f, g, 1);
        }
    }
}
