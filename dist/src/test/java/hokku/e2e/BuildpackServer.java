package hokku.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// One server for all classes that push source code, since it makes its stacks once, and that takes minutes.
///
/// The classes share nothing else: the apps of a class are destroyed with it, and what is left of them fails it.
final class BuildpackServer implements BeforeAllCallback, AfterAllCallback {
    /// A push that makes a stack installs packages.
    static final Duration PATIENCE = Duration.ofMinutes(10);

    private TestServer server;

    @Override
    public void beforeAll(ExtensionContext context) {
        server = context.getRoot().getStore(ExtensionContext.Namespace.create(BuildpackServer.class))
                .getOrComputeIfAbsent(TestServer.class, _ -> start(), TestServer.class);
    }

    private static TestServer start() {
        try {
            return TestServer.start();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while the server was started", ended);
        }
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException, InterruptedException {
        if (!server.isAlive()) {
            server.launch("");
        }
        server.destroyApps();
        assertThat(server.leaks()).as("what is left of the apps of %s", context.getDisplayName()).isEmpty();
    }

    TestServer server() {
        return server;
    }

    /// A push, which may have to make a stack, that must be accepted.
    Running.Result accepted(WorkTree tree) throws IOException, InterruptedException {
        Running.Result pushed = tree.start("push", "dokku", "HEAD:master").end(PATIENCE);
        assertThat(pushed.exit()).as(pushed.text()).isZero();
        return pushed;
    }

    /// A push that must be refused, for a reason.
    static void refused(Running.Result pushed, String... words) {
        assertThat(pushed.exit()).as(pushed.text()).isEqualTo(1);
        assertThat(pushed.err()).contains(words).contains("! [remote rejected]").doesNotContain("internal error", "log id");
    }

    /// A new app of some files that answers.
    WorkTree deployed(String app, Map<String, String> files) throws IOException, InterruptedException {
        WorkTree tree = server.repository(app);
        tree.commit(files);
        accepted(tree);
        assertThat(server.get(app)).isEqualTo(new Web.Answer(200, files.get("page")));
        return tree;
    }
}
