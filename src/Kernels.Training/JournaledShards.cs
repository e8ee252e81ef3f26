using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Kernels.Training;

/// <summary>
/// Shards whose answers are kept in a file, so that a fit whose process ended goes on where it was: begun again with the same options,
/// it asks the same questions, and those that were answered are not asked of the shards again. The coefficients have the same bits.
/// </summary>
/// <remarks>
/// A record is a question's SHA-256, its answer's length, the answer, and the SHA-256 of these. One that is cut or damaged ends the
/// journal: it and what follows are forgotten, and asked again. An answer is written before the fit gets it.
/// </remarks>
public sealed class JournaledShards : ObservationShards, IDisposable
{
    private const int HashBytes = SHA256.HashSizeInBytes;

    private readonly ObservationShards _shards;
    private readonly FileStream _file;
    private readonly Dictionary<UInt256, (long Start, int Length)> _answers = [];

    /// <summary>Opens the journal, or begins one.</summary>
    /// <param name="shards">What is asked for what the journal does not have.</param>
    /// <param name="path">The file; of one fit at a time.</param>
    /// <param name="identity">What no other rows have, such as a checksum of them: answers for other rows are not taken for theirs.</param>
    /// <exception cref="InvalidDataException">The file is no journal, or one of another data set or version of the arithmetic
    /// contract.</exception>
    /// <exception cref="IOException">The file cannot be opened, or another fit has it open.</exception>
    public JournaledShards(ObservationShards shards, string path, string identity)
    {
        Check.Shape(shards);
        ArgumentNullException.ThrowIfNull(path);
        ArgumentException.ThrowIfNullOrEmpty(identity);
        _shards = shards;
        _file = new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        try
        {
            ReadAll(path, identity);
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override long Rows => _shards.Rows;

    /// <inheritdoc/>
    public override int Columns => _shards.Columns;

    /// <inheritdoc/>
    public override bool HasIntercept => _shards.HasIntercept;

    /// <summary>Questions that the journal answered.</summary>
    public int Replayed { get; private set; }

    /// <inheritdoc/>
    public override byte[] Ask(byte[] question, CancellationToken cancellationToken)
    {
        var hash = SHA256.HashData(question);
        if (_answers.TryGetValue(new(hash), out var place))
        {
            var known = new byte[place.Length];
            if (RandomAccess.Read(_file.SafeFileHandle, known, place.Start) != known.Length)
                throw new InvalidDataException($"{_file.Name} became shorter.");
            Replayed++;
            return known;
        }

        var answer = _shards.Ask(question, cancellationToken);
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, answer.Length);
        var start = _file.Position;
        _file.Write(hash);
        _file.Write(length);
        _file.Write(answer);
        _file.Write(Seal(hash, length, answer));
        _file.Flush();
        _answers[new(hash)] = (start + HashBytes + sizeof(int), answer.Length);
        return answer;
    }

    /// <summary>Closes the journal; the file stays.</summary>
    public void Dispose() => _file.Dispose();

    private byte[] Header(string identity)
    {
        var text = FormattableString.Invariant(
            $"GLM journal 1, contract {ArithmeticContract.Version}: {Rows} rows, {Columns} columns, intercept {HasIntercept}, ");
        return Encoding.UTF8.GetBytes(text + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identity))) + "\n");
    }

    private void ReadAll(string path, string identity)
    {
        var header = Header(identity);
        var found = new byte[Math.Min(header.Length, _file.Length)];
        _file.ReadExactly(found);
        if (!header.AsSpan().StartsWith(found))
            throw new InvalidDataException($"{path} is no journal of a fit of these rows with this version.");
        if (found.Length < header.Length)
        {
            _file.SetLength(0);
            _file.Write(header);
            _file.Flush();
        }

        var good = _file.Position;
        var (hash, length, seal) = (new byte[HashBytes], new byte[sizeof(int)], new byte[HashBytes]);
        while (_file.Length - good >= (2 * HashBytes) + sizeof(int))
        {
            _file.ReadExactly(hash);
            _file.ReadExactly(length);
            var count = BinaryPrimitives.ReadInt32LittleEndian(length);
            if (count < 0 || _file.Length - _file.Position < count + (long)HashBytes)
                break;
            var answer = new byte[count];
            _file.ReadExactly(answer);
            _file.ReadExactly(seal);
            if (!Seal(hash, length, answer).AsSpan().SequenceEqual(seal))
                break;
            _answers[new(hash)] = (good + HashBytes + sizeof(int), count);
            good = _file.Position;
        }

        _file.SetLength(good);
        _file.Position = good;
    }

    private static byte[] Seal(ReadOnlySpan<byte> hash, ReadOnlySpan<byte> length, ReadOnlySpan<byte> answer)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        sha.AppendData(hash);
        sha.AppendData(length);
        sha.AppendData(answer);
        return sha.GetHashAndReset();
    }

    /// <summary>A SHA-256 as a key.</summary>
    private readonly record struct UInt256(ulong A, ulong B, ulong C, ulong D)
    {
        internal UInt256(ReadOnlySpan<byte> hash)
            : this(At(hash, 0), At(hash, 1), At(hash, 2), At(hash, 3))
        {
        }

        private static ulong At(ReadOnlySpan<byte> hash, int i) => BinaryPrimitives.ReadUInt64LittleEndian(hash[(i * sizeof(ulong))..]);
    }
}
