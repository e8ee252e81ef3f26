namespace Kernels.Training;

/// <summary>Looks for the row that spoils a sum.</summary>
internal static class FiniteRows
{
    /// <summary>The first row that counts and contains ∞, or NaN that is not skipped; null if there is none.</summary>
    internal static int? FirstThatIsNot(in Observations data)
    {
        for (var i = 0; i < data.X.Rows; i++)
        {
            var weight = data.SampleWeights.IsEmpty ? 1f : data.SampleWeights[i];
            if (weight == 0f)
                continue;
            var others = weight + (double)data.Targets[i] + (data.Offset.IsEmpty ? 0f : data.Offset[i]);
            var (isFinite, containsNaN) = (double.IsFinite(others), float.IsNaN(weight) || float.IsNaN(data.Targets[i])
                || (!data.Offset.IsEmpty && float.IsNaN(data.Offset[i])));
            foreach (var value in data.X.Row(i))
            {
                isFinite &= float.IsFinite(value);
                containsNaN |= float.IsNaN(value);
            }

            if (!isFinite && !(containsNaN && data.RowsWithNaN == RowsWithNaN.Skip))
                return i;
        }

        return null;
    }
}
