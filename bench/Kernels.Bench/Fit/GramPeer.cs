using System.Runtime.InteropServices;

namespace Kernels.Bench.Fit;

/// <summary>(√D·X)ᵀ(√D·X) by <c>cblas_ssyrk</c> of a library that the machine has; the copy of X that it takes is part of it.</summary>
internal sealed unsafe class GramPeer
{
    private const int RowMajor = 101;
    private const int Lower = 122;
    private const int Transpose = 112;

    private readonly delegate* unmanaged<int, int, int, int, int, float, float*, int, float, float*, int, void> _ssyrk;

    private GramPeer(string name, nint library)
    {
        Name = name;
        _ssyrk = (delegate* unmanaged<int, int, int, int, int, float, float*, int, float, float*, int, void>)NativeLibrary.GetExport(
            library, "cblas_ssyrk");
    }

    internal string Name { get; }

    internal static IEnumerable<GramPeer> Find()
    {
        Environment.SetEnvironmentVariable("OPENBLAS_NUM_THREADS", "1");
        Environment.SetEnvironmentVariable("BLIS_NUM_THREADS", "1");
        foreach (var (name, file) in new[] { ("openblas", "libopenblas.so.0"), ("blis", "libblis.so.4") })
        {
            if (!NativeLibrary.TryLoad(file, out var library) || !NativeLibrary.TryGetExport(library, "cblas_ssyrk", out _))
                continue;
            UseOneThread(library);
            yield return new(name, library);
        }
    }

    internal void Run(float[] x, int rows, int columns, float root, float[] scaled, float[] gram)
    {
        for (var i = 0; i < scaled.Length; i++)
            scaled[i] = root * x[i];
        fixed (float* a = scaled, c = gram)
            _ssyrk(RowMajor, Lower, Transpose, columns, rows, 1f, a, columns, 0f, c, columns);
    }

    private static void UseOneThread(nint library)
    {
        if (NativeLibrary.TryGetExport(library, "openblas_set_num_threads", out var set))
            ((delegate* unmanaged<int, void>)set)(1);
    }
}
