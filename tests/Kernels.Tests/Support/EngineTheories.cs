namespace Kernels.Tests.Support;

/// <summary>Theories over the vector widths.</summary>
internal static class EngineTheories
{
    extension(Engine)
    {
        /// <summary>Every width by name; those that this machine lacks are skipped by <see cref="Get"/>.</summary>
        public static TheoryData<string> Names => new(Engine.All.Select(e => e.Name));

        public static Engine Get(string name)
        {
            var engine = Engine.All.Single(e => e.Name == name);
            Assert.SkipUnless(engine.IsSupported, $"this process has no {name}");
            return engine;
        }
    }
}
