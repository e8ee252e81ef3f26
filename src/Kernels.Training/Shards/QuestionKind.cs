namespace Kernels.Training.Shards;

/// <summary>What is asked of rows, as a byte in the question.</summary>
internal enum QuestionKind : byte
{
    Origin = 0,
    Scan = 1,
    Moments = 2,
    NotFinite = 3,
    Gradient = 4,
    Gram = 5,
    Hessian = 6,
    NullHessian = 7,
    CountStart = 8,
    Squares = 9,
    Separation = 10,
}
