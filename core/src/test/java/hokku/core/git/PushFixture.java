package hokku.core.git;

import hokku.api.AppName;
import hokku.api.Identity;
import hokku.api.Output;
import hokku.api.UserError;
import hokku.core.state.Home;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// A server for git alone, and a clone that pushes to it with the real git program.
abstract class PushFixture implements PushHandler {
    static final AppName APP = AppName.of("hello");
    static final String MASTER = "refs/heads/master";

    interface Deploy {
        void run(Push push, Output out) throws Exception;
    }

    @TempDir
    Path folder;
    Repositories repositories;
    GitServer server;
    GitClient client;
    final List<String> deployed = new CopyOnWriteArrayList<>();
    Deploy deploy = (push, out) -> {};
    Optional<String> refusal = Optional.empty();
    final ReentrantLock queue = new ReentrantLock();

    @BeforeEach
    void start() throws Exception {
        Home home = new Home(folder.resolve("home"));
        home.create();
        repositories = new Repositories(home);
        server = new GitServer(folder, new GitReceive(repositories, this, Duration.ofMillis(20)),
                new GitUpload(repositories, this));
        client = GitClient.init(folder.resolve("work"), server.ssh(), "master");
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    @Override
    public void admit(AppName app, Identity by, boolean push) {
        refusal.ifPresent(reason -> {
            throw new UserError(UserError.NO_SUCH_APP, reason);
        });
    }

    @Override
    public Optional<String> deployBranch(AppName app) {
        try {
            return repositories.deployRef(app).map(Branches::name);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public void deploy(Push push, Output out) throws Exception {
        queue.lockInterruptibly();
        try {
            push.recheck();
            deploy.run(push, out);
            push.moveRef();
            deployed.add(push.commit());
        } finally {
            queue.unlock();
        }
    }
}
