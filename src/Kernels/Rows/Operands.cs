using System.Runtime.CompilerServices;
using Kernels.Lanes;
using Kernels.Loops;

namespace Kernels.Rows;

/// <summary>What a pass works on: pinned memory whose shape has been validated.</summary>
internal struct Operands
{
    /// <summary>The first element of row-major X.</summary>
    internal Floats X;

    /// <summary>Floats from one row of X to the next.</summary>
    internal nint Stride;

    internal int Rows;

    /// <summary>How they are visited.</summary>
    internal RowPlan Plan;

    /// <summary>Columns stored in X, the intercept's not counted.</summary>
    internal int Columns;

    /// <summary>Whether the model has a last weight for a virtual column of ones.</summary>
    internal bool HasIntercept;

    /// <summary><see cref="Rows"/> targets; null for predictions.</summary>
    internal Floats Y;

    /// <summary><see cref="Parameters"/> weights.</summary>
    internal Floats Weights;

    /// <summary><see cref="Rows"/> sample weights; null where every row counts once.</summary>
    internal Floats SampleWeights;

    /// <summary><see cref="Rows"/> floats that the margins start from; null for none.</summary>
    internal Floats Offset;

    /// <summary><see cref="Parameters"/> floats that the Hessian is multiplied with; null for other passes.</summary>
    internal Floats Direction;

    /// <summary>Whether rows that contain NaN are left out.</summary>
    internal bool SkipsNaN;

    /// <summary>The caller's gradient or predictions; null for a step or a loss.</summary>
    internal Floats Output;

    /// <summary>As many floats as the pass asked for, 64-byte aligned, not initialised.</summary>
    internal Floats Workspace;

    internal Reduction Reduction;

    internal float LearningRate;

    /// <summary>λ in the penalty ½·λ·Σwⱼ².</summary>
    internal float L2;

    /// <summary>Whether a row may be left out.</summary>
    internal readonly bool SelectsRows => SkipsNaN || !SampleWeights.IsNull;

    /// <summary>Whether there is more to a row than its features and its target.</summary>
    internal readonly bool IsSpecial => SelectsRows || !Offset.IsNull || !Direction.IsNull;

    internal readonly nint Parameters => (nint)Columns + (HasIntercept ? 1 : 0);

    internal readonly float Intercept => HasIntercept ? Weights[Columns] : 0f;

    internal readonly Floats Row(nint row) => X.At(row * Stride);

    /// <summary>The same from a row on, with the number of rows as it is.</summary>
    internal readonly Operands From(nint row) => this with
    {
        X = Row(row),
        Y = Y.At(row),
        SampleWeights = SampleWeights.IsNull ? default : SampleWeights.At(row),
        Offset = Offset.IsNull ? default : Offset.At(row),
    };

    /// <summary>X and the weights as the caller has them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal readonly RowView View(Floats gradient) => new(X, Stride, Columns, Weights, gradient);
}
