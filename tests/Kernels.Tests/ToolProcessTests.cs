using Kernels.Tests.Support;

namespace Kernels.Tests;

/// <summary>What the tool does to a user's files, and how it ends: in a process of its own, as a shell starts it.</summary>
public sealed class ToolProcessTests : ToolProcessFolder
{
    [Theory]
    [InlineData("cp x.csv out.tmp; $K predict m.json out.tmp --format csv --out out", "out.tmp")]
    [InlineData("cp y.csv out.tmp; $K train out.tmp --format csv --l2 1 --out out", "out.tmp")]
    [InlineData("cp m.json out.tmp; $K predict out.tmp x.csv --out out", "out.tmp")]
    [InlineData("cp x.csv .out.tmp; $K predict m.json x.csv --out out", ".out.tmp")]
    public async Task Files_that_others_named_like_temporary_ones_stay(string line, string file)
    {
        var run = await Shell(line);
        Assert.Equal((0, string.Empty), (run.Code, run.Error));
        Assert.True(File.Exists(PathOf("out")));
        Assert.Contains(await File.ReadAllTextAsync(PathOf(file), TestContext.Current.CancellationToken), new[]
        {
            TextOf("x.csv"), TextOf("y.csv"), TextOf("m.json"),
        });
        AssertNothingTemporary();
    }

    [Theory]
    [InlineData("$K predict m.json x.csv --out x.csv")]
    [InlineData("$K predict m.json x.csv --out m.json")]
    [InlineData("$K predict m.json x.csv --out ./x.csv")]
    [InlineData("ln -s x.csv l; $K predict m.json l --format csv --out x.csv")]
    [InlineData("ln -s x.csv l; $K predict m.json x.csv --out l")]
    [InlineData("ln x.csv h; $K predict m.json x.csv --out h")]
    [InlineData("ln -s . d; $K predict m.json x.csv --out d/d/x.csv")]
    [InlineData("$K predict m.json - --out x.csv < x.csv")]
    [InlineData("$K predict m.json x.csv >> x.csv")]
    [InlineData("$K predict m.json - < x.csv >> x.csv")]
    [InlineData("$K evaluate m.json y.csv --target label >> m.json")]
    [InlineData("$K train y.csv --out y.csv")]
    [InlineData("$K train - --out y.csv < y.csv")]
    [InlineData("$K evaluate m.json y.csv --target label --svg y.csv")]
    [InlineData("$K evaluate m.json y.csv --target label --svg m.json")]
    public async Task An_output_that_is_an_input_is_refused(string line)
    {
        var before = (TextOf("x.csv"), TextOf("y.csv"), TextOf("m.json"));
        var run = await Shell(line);
        AssertOneLine(run, line);
        Assert.Contains("is read, too", run.Error, StringComparison.Ordinal);
        Assert.Equal(before, (TextOf("x.csv"), TextOf("y.csv"), TextOf("m.json")));
        AssertNothingTemporary();
    }

    [Fact]
    public async Task Links_are_followed_modes_kept_devices_and_pipes_written_into()
    {
        Assert.Equal(0, (await Shell("echo old > t.json; chmod 640 t.json; ln -s t.json l1; ln -s l1 l2; $K train --out l2")).Code);
        Assert.Contains("weights", TextOf("t.json"), StringComparison.Ordinal);
        Assert.Equal("t.json", new FileInfo(PathOf("l1")).LinkTarget);
        Assert.Equal("l1", new FileInfo(PathOf("l2")).LinkTarget);
        Assert.Equal("640", (await Shell("stat -c %a t.json")).Output.Trim());

        Assert.Equal(0, (await Shell("ln -s nothing dangling; $K predict m.json x.csv --out dangling")).Code);
        Assert.Equal("0.5\n0.7310586\n", TextOf("nothing"));
        Assert.Equal(0, (await Shell("$K predict m.json x.csv --out plain; umask 027; $K predict m.json x.csv --out masked")).Code);
        Assert.Equal("640", (await Shell("stat -c %a masked")).Output.Trim());

        Assert.Equal("0.5\n0.7310586\n", (await Shell("mkfifo p; $K predict m.json x.csv --out p > /dev/null & cat p; wait")).Output);
        Assert.Equal("fifo", (await Shell("stat -c %F p")).Output.Trim());
        var null0 = (await Shell("stat -c '%F %t %T' /dev/null")).Output;
        Assert.Equal(0, (await Shell("$K predict m.json x.csv --out /dev/null")).Code);
        Assert.Equal(null0, (await Shell("stat -c '%F %t %T' /dev/null")).Output);
        Assert.StartsWith("0.5\n0.7310586\n", (await Shell("$K predict m.json x.csv --out /dev/stdout")).Output, StringComparison.Ordinal);
        AssertNothingTemporary();
    }

    [Theory]
    [InlineData("--out nowhere/x.json", "there is no such folder")]
    [InlineData("--out .", "is a folder")]
    [InlineData("--out ''", "empty path")]
    [InlineData("--out y.csv/x.json", "cannot be written")]
    public async Task A_place_that_cannot_be_written_is_told_before_the_work(string option, string reason)
    {
        // Standard input never ends: whoever reads it first does not come back.
        var run = await Shell($"mkfifo never; exec 3<>never; timeout 20 $K train - {option} <&3; echo $?");
        Assert.Equal("2\n", run.Output);
        Assert.Contains(reason, run.Error, StringComparison.Ordinal);
        AssertNothingTemporary();
    }

    [Fact]
    public async Task Runs_at_the_same_time_leave_one_whole_file()
    {
        Write("long.csv", "a,b\n" + string.Concat(Enumerable.Range(0, 5000).Select(i => $"{i % 7},{i % 3}\n")));
        var whole = (await Shell("$K predict m.json long.csv")).Output;
        for (var round = 0; round < 4; round++)
        {
            var run = await Shell(
                "for i in 1 2 3 4; do $K predict m.json long.csv --out same > o$i & done; wait; cat o1 o2 o3 o4 | grep -c written");
            Assert.Equal((0, "4\n", string.Empty), run);
            Assert.Equal(whole, TextOf("same"));
            AssertNothingTemporary();
        }
    }

    [Theory]
    [InlineData("$K info > /dev/full")]
    [InlineData("$K train > /dev/full")]
    [InlineData("$K predict m.json x.csv > /dev/full")]
    [InlineData("$K predict m.json x.csv --out /dev/full")]
    [InlineData("$K train --out /dev/full")]
    [InlineData("$K evaluate m.json y.csv --target label > /dev/full")]
    [InlineData("$K --help > /dev/full")]
    [InlineData("$K train >&-")]
    [InlineData("$K predict m.json x.csv >&-")]
    [InlineData("$K predict m.json x.csv <&- >&-")]
    public async Task Output_that_is_full_or_closed_is_one_line(string line)
    {
        var run = await Shell(line);
        AssertOneLine(run, line);
        AssertNothingTemporary();
    }

    [Theory]
    [InlineData("mkfifo f; (cat x.csv > f 2> /dev/null &); $K train f --format raw --columns 2")]
    [InlineData("mkfifo f; (cat x.csv > f 2> /dev/null &); $K train f --format parquet")]
    [InlineData("$K train /dev/zero --format parquet")]
    [InlineData("$K train /dev/zero --format raw --columns 2")]
    public async Task What_is_no_file_is_refused_where_files_are_needed(string line) => AssertOneLine(await Shell(line), line);

    [Fact]
    public async Task Nobody_to_tell_of_an_error_is_no_other_error()
    {
        Assert.Equal(2, (await Shell("$K predict m.json no-such-file 2> /dev/full")).Code);
        Assert.Equal(2, (await Shell("$K predict m.json no-such-file 2>&-")).Code);
    }

    [Fact]
    public async Task A_reader_that_is_gone_stops_the_writer()
    {
        var run = await Shell("(echo a,b; yes 0.5,0.25 2>/dev/null) | ($K predict m.json -; echo $? > code) | head -n 1");
        Assert.Equal("0.5926666\n", run.Output);
        Assert.Equal("141\n", TextOf("code"));
        Assert.Equal(string.Empty, run.Error);
    }

    [Fact]
    public async Task A_full_disk_leaves_the_old_file_at_whatever_byte_it_is_full()
    {
        // A file system of one page after the other, if this user may make one.
        if ((await Shell("mkdir disk; mount -t tmpfs -o size=64k tmpfs disk")).Code != 0)
            Assert.Skip("no file system can be mounted here");
        try
        {
            Write("long.csv", "a,b\n" + string.Concat(Enumerable.Range(0, 4000).Select(i => $"{i % 7},{i % 3}\n")));
            for (var free = 0; free <= 60; free += 4)
            {
                var run = await Shell(
                    $"rm -rf disk/*; echo old > disk/p; head -c {(60 - free) * 1024} /dev/zero > disk/fill; $K predict m.json long.csv "
                    + $"--out disk/p");
                var left = File.ReadAllText(PathOf("disk/p"));
                if (run.Code == 0)
                {
                    Assert.Equal(4000, left.Count(c => c == '\n'));
                    continue;
                }

                AssertOneLine(run, $"{free} KiB free");
                Assert.Equal("old\n", left);
                Assert.Empty(Directory.GetFiles(PathOf("disk"), ".*"));
            }
        }
        finally
        {
            await Shell("umount disk");
        }
    }
}
