package hokku.api.spi;

import hokku.api.BuiltImage;
import hokku.api.Output;
import hokku.api.Source;

/// Makes an image of a source. Safe for use by several threads.
public interface Builder {
    /// What `builder:set <app> selected <name>` calls it.
    String name();

    /// Whether the source is one that it can build; asked in the order of the builders' names when none was selected.
    boolean accepts(Source source) throws Exception;

    /// What a source needs so that this builder takes it, for the message when none does: `a Dockerfile`.
    String wants();

    /// Builds, with every line of output passed on as it comes. What it leaves behind on failure is nothing.
    ///
    /// @throws hokku.api.UserError when the source cannot be built
    /// @throws InterruptedException when the deploy was cancelled; the build has been ended then
    BuiltImage build(Source source, Output out) throws Exception;
}
