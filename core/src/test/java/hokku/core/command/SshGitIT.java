package hokku.core.command;

import static org.assertj.core.api.Assertions.assertThat;

import hokku.api.Access;
import hokku.api.AppName;
import hokku.api.Identity;
import hokku.api.Output;
import hokku.core.git.GitReceive;
import hokku.core.git.GitUpload;
import hokku.core.git.Push;
import hokku.core.git.PushHandler;
import hokku.core.git.Repositories;
import hokku.core.plugin.TestPlugins;
import hokku.core.ssh.AuthorizedKeys;
import hokku.core.ssh.SshClient;
import hokku.core.ssh.SshDaemon;
import hokku.core.state.Home;
import hokku.core.state.JsonText;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Pushes and clones by the real `git` through the real `ssh`.
class SshGitIT implements PushHandler {
    @TempDir
    private Path folder;
    private Home home;
    private Path work;
    private AuthorizedKeys keys;
    private SshDaemon daemon;
    private SshClient admin;
    private boolean blocking;
    private final CountDownLatch deploying = new CountDownLatch(1);
    private final CountDownLatch interrupted = new CountDownLatch(1);

    @BeforeEach
    void start() throws Exception {
        home = new Home(folder.resolve("home"));
        home.create();
        Repositories repositories = new Repositories(home);
        keys = new AuthorizedKeys(home.authorizedKeys());
        JsonText json = new JsonText();
        Dispatcher dispatcher = new Dispatcher(new TestPlugins(), new OneApp(),
                new Git(new GitReceive(repositories, this), new GitUpload(repositories, this)), new Audit(home.audit(), json, () -> true), json, "1.2.3");
        daemon = new SshDaemon("127.0.0.1", 0, home.hostKeys(), keys, dispatcher);
        daemon.start();
        admin = SshClient.create(folder, daemon.port(), "admin");
        keys.add("admin", Access.ADMIN, admin.publicKey());
        work = Files.createDirectory(folder.resolve("work"));
        git("init", "-q", "-b", "master");
        Files.writeString(work.resolve("Dockerfile"), "FROM busybox\n");
        git("add", "-A");
        git("commit", "-q", "-m", "first");
    }

    @AfterEach
    void stop() throws IOException {
        daemon.close();
    }

    @Override
    public void admit(AppName app, Identity by, boolean push) {
        // every app is there
    }

    @Override
    public Optional<String> deployBranch(AppName app) {
        return Optional.empty();
    }

    @Override
    public void deploy(Push push, Output out) throws Exception {
        out.step("Deploying " + push.app() + " for " + push.by());
        deploying.countDown();
        if (blocking) {
            try {
                new CountDownLatch(1).await();
            } finally {
                interrupted.countDown();
            }
        }
        push.moveRef();
    }

    @Test
    void aPushIsTakenAndCanBeCloned() throws Exception {
        for (String remote : new String[] {"ssh://dokku@127.0.0.1:" + daemon.port() + "/one", "dokku@127.0.0.1:two.git", "dokku@127.0.0.1:/three/"}) {
            SshClient.Result pushed = git("push", remote, "master");
            assertThat(pushed.exit()).as(pushed.err()).isZero();
            assertThat(pushed.err()).contains("remote: -----> Deploying ", " for admin");
        }
        assertThat(git("clone", "-q", "dokku@127.0.0.1:one", folder.resolve("copy").toString()).exit()).isZero();
        assertThat(folder.resolve("copy").resolve("Dockerfile")).exists();
        assertThat(Files.readString(home.audit())).contains("\"command\":\"git-receive-pack\",\"app\":\"three\"", "\"command\":\"git-upload-pack\",\"app\":\"one\"");
    }

    @Test
    void whatIsNoAppReachesNoPath() throws Exception {
        for (String path : new String[] {"UPPER", "-rf", "a".repeat(300), "../../evil", "../x"}) {
            SshClient.Result refused = git("push", "ssh://dokku@127.0.0.1:" + daemon.port() + "/" + path, "master");
            assertThat(refused.exit()).as(path).isEqualTo(128);
            assertThat(refused.err()).as(path).contains(" !     App name ");
        }
        assertThat(git("push", "ssh://dokku@127.0.0.1:" + daemon.port() + "/", "master").err()).contains(" !     Please specify an app to run the command on");
        try (var apps = Files.list(home.apps())) {
            assertThat(apps).isEmpty();
        }
    }

    @Test
    void aKeyThatMayOnlyReadDoesNotPush() throws Exception {
        git("push", "dokku@127.0.0.1:one", "master");
        String admins = Files.readString(home.authorizedKeys());
        Files.writeString(home.authorizedKeys(), admins.replace("access=\"admin\"", "access=\"read\""));
        SshClient.Result refused = git("push", "--force", "dokku@127.0.0.1:one", "master:other");
        assertThat(refused.exit()).isEqualTo(128);
        assertThat(refused.err()).contains(" !     Access denied: git-receive-pack needs access \"deploy\", the key \"admin\" has \"read\"");
        assertThat(git("ls-remote", "dokku@127.0.0.1:one").out()).contains("refs/heads/master");
    }

    @Test
    void aPusherIsToldWhenTheServerEnds() throws Exception {
        blocking = true;
        Process pusher = command("push", "dokku@127.0.0.1:one", "master").start();
        assertThat(deploying.await(20, TimeUnit.SECONDS)).isTrue();

        daemon.close();

        String told = new String(pusher.getErrorStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(told).contains("Cancelled", "! [remote rejected] master -> master (cancelled)");
        assertThat(pusher.waitFor()).isEqualTo(1);
    }

    @Test
    void aPusherWhoLeavesInterruptsTheDeploy() throws Exception {
        blocking = true;
        Process pusher = command("push", "dokku@127.0.0.1:one", "master").start();
        assertThat(deploying.await(20, TimeUnit.SECONDS)).isTrue();
        pusher.descendants().forEach(ProcessHandle::destroyForcibly);
        pusher.destroyForcibly();
        assertThat(interrupted.await(2, TimeUnit.SECONDS)).isTrue();
        assertThat(git("ls-remote", "dokku@127.0.0.1:one").out()).isEmpty();
    }

    private SshClient.Result git(String... words) throws IOException, InterruptedException {
        Process process = command(words).start();
        StringBuilder err = new StringBuilder();
        Thread errors = Thread.ofVirtual().start(() -> {
            try (InputStream stream = process.getErrorStream()) {
                err.append(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
            } catch (IOException gone) {
                err.append(gone);
            }
        });
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        errors.join();
        return new SshClient.Result(process.waitFor(), out, err.toString());
    }

    private ProcessBuilder command(String... words) {
        List<String> command = new ArrayList<>(List.of("git"));
        command.addAll(List.of(words));
        List<String> ssh = admin.command("dokku", List.of());
        ProcessBuilder builder = new ProcessBuilder(command).directory(work.toFile());
        builder.environment().putAll(Map.of("GIT_SSH_COMMAND", String.join(" ", ssh.subList(0, ssh.size() - 1)), "GIT_SSH_VARIANT", "ssh",
                "GIT_CONFIG_NOSYSTEM", "1", "GIT_CONFIG_GLOBAL", "/dev/null", "GIT_AUTHOR_NAME", "A", "GIT_AUTHOR_EMAIL", "a@example.com",
                "GIT_COMMITTER_NAME", "A", "GIT_COMMITTER_EMAIL", "a@example.com", "GIT_TERMINAL_PROMPT", "0"));
        return builder;
    }

    private record Git(GitReceive receive, GitUpload upload) implements GitService {
        @Override
        public int receive(AppName app, Identity by, InputStream in, OutputStream out, OutputStream err) throws InterruptedException {
            return receive.receive(app, by, in, out, err);
        }

        @Override
        public int upload(AppName app, Identity by, InputStream in, OutputStream out, OutputStream err) throws InterruptedException {
            return upload.upload(app, by, in, out, err);
        }
    }
}
