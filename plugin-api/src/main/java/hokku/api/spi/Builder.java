package hokku.api.spi;

import hokku.api.App;
import hokku.api.BuiltImage;
import hokku.api.Output;
import hokku.api.Source;
import hokku.api.hook.Order;

/// Makes an image of a source. Safe for use by several threads.
public interface Builder {
    /// What `builder:set <app> selected <name>` calls it.
    String name();

    /// Whether the source is one that it can build; asked when none was selected. Of those that can, [#order] decides, then the name.
    boolean accepts(Source source) throws Exception;

    /// Its place among the builders that accept the source: early where the app or the source names this builder by a setting or a file of its own, late where it takes
    /// what others would know better.
    default Order order(Source source) throws Exception {
        return Order.NORMAL;
    }

    /// What a source needs so that this builder takes it, for the message when none does: `a Dockerfile`.
    String wants();

    /// Builds, with every line of output passed on as it comes. What it leaves behind on failure is nothing.
    ///
    /// @throws hokku.api.UserError when the source cannot be built
    /// @throws InterruptedException when the deploy was cancelled; the build has been ended then
    BuiltImage build(Source source, Output out) throws Exception;

    /// Forgets what it keeps of an app to make its next build quick, for `repo:purge-cache`. No build of the app runs meanwhile.
    default void purgeCache(App app) throws Exception {}
}
