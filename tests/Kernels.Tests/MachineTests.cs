using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Kernels.Rows;
using Kernels.Rows.Plans;

namespace Kernels.Tests;

/// <summary>What is known of the processor, and the tables that are chosen by it.</summary>
public class MachineTests
{
    [Fact]
    public void The_processor_is_recognised_as_the_kernel_does()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux()
            && RuntimeInformation.ProcessArchitecture == Architecture.X64, "no /proc/cpuinfo of x64");
        var info = File.ReadLines("/proc/cpuinfo").TakeWhile(line => line.Length > 0)
            .Select(line => line.Split(':', 2, StringSplitOptions.TrimEntries)).ToDictionary(pair => pair[0], pair => pair[1]);
        var (family, model) =
            (int.Parse(info["cpu family"], CultureInfo.InvariantCulture), int.Parse(info["model"], CultureInfo.InvariantCulture));
        var expected = (X86Base.IsSupported, info["vendor_id"], family) switch
        {
            (true, "AuthenticAMD", >= 26) => Processor.Zen5,
            (true, "AuthenticAMD", 25) => info["flags"].Contains("avx512f", StringComparison.Ordinal) ? Processor.Zen4 : Processor.Zen3,
            (true, "GenuineIntel", 6) when model == 0xCF => Processor.EmeraldRapids,
            _ => Processor.Other,
        };
        Assert.Equal(expected, Machine.Processor);
    }

    [Fact]
    public void The_caches_are_those_that_the_kernel_sees()
    {
        const string Caches = "/sys/devices/system/cpu/cpu0/cache/index";
        Assert.SkipUnless(X86Base.IsSupported && File.Exists(Caches + "2/size"), "no caches in /sys");
        Assert.Equal(Bytes(2), Machine.L2);
        if (File.Exists(Caches + "3/size"))
            Assert.Equal(Bytes(3), Machine.L3);

        static long Bytes(int index)
        {
            var text = File.ReadAllText($"{Caches}{index}/size").Trim();
            return long.Parse(text[..^1], CultureInfo.InvariantCulture) << (text[^1] == 'K' ? 10 : 20);
        }
    }

    [Fact]
    public void Levels_are_the_caches_own()
    {
        Assert.Equal(Level.L2, Machine.LevelOf(Machine.L2));
        Assert.Equal(Level.L3, Machine.LevelOf(Machine.L2 + 1));
        Assert.Equal(Level.L3, Machine.LevelOf(Machine.L3 / 2));
        Assert.Equal(Level.Memory, Machine.LevelOf((Machine.L3 / 2) + 1));
    }

    /// <summary>Every line of every table, at every number of columns that it may be chosen for, names a loop that exists; and the last
    /// lines admit all shapes.</summary>
    [Fact]
    public void All_plans_of_all_tables_are_legal()
    {
        foreach (var processor in Enum.GetValues<Processor>())
        {
            foreach (var registers in Enum.GetValues<Registers>())
            {
                foreach (var lines in PlanTable.Of(processor, registers).GroupBy(line => (line.Question, line.Level)))
                {
                    Assert.Equal((int.MaxValue, When.Always), (lines.Last().Columns, lines.Last().When));
                    var from = 0;
                    foreach (var line in lines)
                    {
                        foreach (var columns in Enumerable.Range(from, 5000 - from).TakeWhile(columns => columns <= line.Columns))
                            Assert.True(line.For(columns).IsLegalFor(columns),
                                $"{processor} {registers} {line}, {columns} columns: {line.For(columns)}");
                        if (line.When == When.Always)
                            from = Math.Min(line.Columns + 1, 4999);
                    }
                }
            }
        }
    }

    [Fact]
    public void A_plan_is_read_as_it_is_written()
    {
        var plan = new RowPlan(Loop.Tile, 8, 4, 64, 16, 8, 16);
        Assert.True(RowPlan.TryParse(plan.ToString(), out var read));
        Assert.Equal(plan, read);
        foreach (var text in new[]
        {
            "", "tile", "tile,tile=8", plan + ",", plan.ToString().Replace("block=64", "block=65", StringComparison.Ordinal),
            plan.ToString().Replace("share", "shares", StringComparison.Ordinal),
        })
            Assert.False(RowPlan.TryParse(text, out _), text);
    }

    [Theory]
    [InlineData(16, 128, 13, 13)]
    [InlineData(16, 120, 13, 5)] // rows that start alike in half a line
    [InlineData(16, 121, 13, 0)]
    [InlineData(16, 128, 0, 0)]
    [InlineData(8, 128, 13, 5)]
    [InlineData(8, 124, 13, 0)]
    [InlineData(0, 128, 13, 0)]
    public unsafe void Rows_that_start_alike_are_read_from_the_start_of_their_line(int line, int stride, int start, int lead) =>
        Assert.Equal(lead, new RowPlan(Loop.Tile, 1, 4, 16, 0, 0, line).LeadOf(new((float*)(4096 + (start * sizeof(float)))), stride));
}
