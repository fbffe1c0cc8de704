package hokku.core.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hokku.api.App;
import hokku.api.AppId;
import hokku.api.AppName;
import hokku.api.BuiltImage;
import hokku.api.Env;
import hokku.api.Global;
import hokku.api.Identity;
import hokku.api.Output;
import hokku.api.Source;
import hokku.api.UserError;
import hokku.api.hook.Order;
import hokku.api.spi.Builder;
import hokku.core.plugin.TestPlugins;
import hokku.testkit.FakeBuilder;
import hokku.testkit.FakeSourceTree;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class BuilderChoiceTest {
    private final TestPlugins plugins = new TestPlugins();
    private App app = App.create(AppName.of("hello"), AppId.random(), Instant.EPOCH, Global.EMPTY);
    private FakeSourceTree files = FakeSourceTree.EMPTY.with("Fakefile", "hello");

    /// Takes sources or takes none, and fails when it is asked for its order.
    private record Stranger(String name, String wants, boolean accepts) implements Builder {
        @Override
        public boolean accepts(Source source) {
            return accepts;
        }

        @Override
        public Order order(Source source) {
            throw new IllegalStateException("lost count");
        }

        @Override
        public BuiltImage build(Source source, Output out) {
            throw new UnsupportedOperationException();
        }
    }

    @Test
    void whoComesEarlyIsPreferredAndThenTheName() throws Exception {
        offer(new FakeBuilder("a-late", Order.LATE));
        assertThat(chosen()).isEqualTo("a-late");
        offer(new FakeBuilder("c-normal", Order.NORMAL));
        offer(new FakeBuilder("b-normal", Order.NORMAL));
        assertThat(chosen()).isEqualTo("b-normal");
        offer(new FakeBuilder("z-early", Order.EARLY));
        assertThat(chosen()).isEqualTo("z-early");
        offer(new FakeBuilder("y-early", Order.EARLY));
        assertThat(chosen()).isEqualTo("y-early");
    }

    @Test
    void theOneThatWasSelectedIsAskedNothing() throws Exception {
        offer(new FakeBuilder("early", Order.EARLY));
        offer(new Stranger("stranger", "nothing", false));
        app = app.withSetting(CoreSettings.BUILDER_SELECTED, "stranger");
        assertThat(chosen()).isEqualTo("stranger");
    }

    @Test
    void oneThatWasSelectedAndIsNotThereIsToldWithThoseThatAre() {
        offer(new FakeBuilder("one"));
        offer(new FakeBuilder("two"));
        app = app.withSetting(CoreSettings.BUILDER_SELECTED, "three");
        assertThatThrownBy(this::chosen).isInstanceOf(UserError.class).hasMessage("The builder three is not there."
                + " Installed builders: one, two. Choose one with builder:set hello selected <builder>");
    }

    @Test
    void oneThatFailsWhenItIsAskedIsToldByTheNameOfItsPlugin() {
        offer(new FakeBuilder("fake"));
        offer(new Stranger("stranger", "nothing", true));
        assertThatThrownBy(this::chosen).isInstanceOf(UserError.class)
                .hasMessageContaining("plugin stranger-plugin failed in looking at the source: lost count");
    }

    @Test
    void whoDoesNotTakeTheSourceIsNotAskedForItsOrder() throws Exception {
        offer(new FakeBuilder("fake"));
        offer(new Stranger("stranger", "nothing", false));
        assertThat(chosen()).isEqualTo("fake");
    }

    @Test
    void whatTheOnlyBuilderWantsIsSaidInASentence() {
        files = FakeSourceTree.EMPTY;
        offer(new FakeBuilder("fake"));
        assertThatThrownBy(this::chosen).isInstanceOf(UserError.class)
                .hasMessage("No builder knows how to build this. Add a Fakefile to the repository, commit and push again");
        app = app.withSetting(CoreSettings.BUILD_DIR, "./services/web/");
        assertThatThrownBy(this::chosen).hasMessage("No builder knows how to build this."
                + " Add a Fakefile to the folder services/web of the repository, commit and push again");
    }

    @Test
    void whatSeveralBuildersWantHasALineForEach() {
        files = FakeSourceTree.EMPTY;
        offer(new Stranger("packs", "a package.json (Node.js), a requirements.txt (Python)", false));
        offer(new FakeBuilder("fake"));
        assertThatThrownBy(this::chosen).isInstanceOf(UserError.class).hasMessage("""
                No builder knows how to build this. Add one of these to the repository, commit and push again:
                       a Fakefile
                       a package.json (Node.js), a requirements.txt (Python)""");
    }

    @Test
    void withoutAnyBuilderAPluginIsWhatIsMissing() {
        assertThatThrownBy(this::chosen).isInstanceOf(UserError.class)
                .hasMessage("No builder knows how to build this. Add a plugin with a builder (see plugin:list), then push again");
    }

    private void offer(Builder builder) {
        plugins.plugin(builder.name() + "-plugin").builder(builder);
    }

    private String chosen() throws InterruptedException {
        Source source = new Source(app, 1, "c".repeat(40), files, Env.EMPTY, Identity.SERVER, Instant.EPOCH);
        return BuilderChoice.of(plugins.registry(), source).value().name();
    }
}
