namespace Kernels.Tests.Support;

/// <summary>A folder in which a shell runs the tool: rows, rows with labels, and a model of them.</summary>
public abstract class ToolProcessFolder : ToolFolder
{
    protected ToolProcessFolder()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the shell, the signals and the devices are Linux's");
        Assert.SkipUnless(Grid.IsDefaultLeg, "the default leg starts the tool: files and signals are the same in all");
        Write("x.csv", "a,b\n1,2\n3,4\n");
        Write("y.csv", "a,b,label\n1,2,1\n2,1,0\n3,5,1\n0,1,0\n2,2,1\n1,1,1\n");
        Write("m.json", ModelText(["a", "b"], "[1,-0.5]"));
    }

    private protected void AssertNothingTemporary() => Assert.Empty(Folder.GetFiles(".kernels-*", SearchOption.AllDirectories));

    private protected Task<(int Code, string Output, string Error)> Shell(string line) => ToolProcess.Shell(Folder.FullName, line);
}
