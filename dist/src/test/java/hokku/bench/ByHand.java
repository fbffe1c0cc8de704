package hokku.bench;

import static org.awaitility.Awaitility.await;

import hokku.e2e.Docker;
import hokku.e2e.Running;
import hokku.e2e.TestServer;
import hokku.e2e.Web;
import hokku.e2e.WorkTree;
import java.io.File;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// What somebody without a platform has: an sshd, a bare repository, docker and nginx. Nothing in it is slower than it must be.
final class ByHand implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String USER = System.getProperty("user.name");
    private static final String DOMAIN = "by.hand";

    private final TestServer server;
    private final Docker engine;
    private final Path folder;
    private final String owner;
    private final int sshPort;
    private final int httpPort;
    private final WorkTree tree;
    private Process sshd;
    private String container = "";
    private String former = "";

    private ByHand(TestServer server) throws IOException, InterruptedException {
        this.server = server;
        this.engine = server.engine();
        this.folder = Files.createDirectories(server.work().resolve("by-hand"));
        this.owner = server.instance() + "-by-hand";
        this.sshPort = TestServer.freePort();
        this.httpPort = TestServer.freePort();
        this.tree = WorkTree.init(folder.resolve("tree"),
                "ssh://%s@127.0.0.1:%d%s".formatted(USER, sshPort, folder.resolve("bare.git")), server.sshCommand());
    }

    static ByHand start(TestServer server) throws IOException, InterruptedException {
        ByHand byHand = new ByHand(server);
        try {
            byHand.startSshd();
            byHand.startNginx();
            Running.demand("git", "init", "-q", "--bare", byHand.folder.resolve("bare.git").toString());
            return byHand;
        } catch (IOException | InterruptedException | RuntimeException | Error failed) {
            byHand.close();
            throw failed;
        }
    }

    private void startSshd() throws IOException, InterruptedException {
        Running.demand("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder.resolve("host_key").toString());
        Files.writeString(folder.resolve("sshd_config"), """
                ListenAddress 127.0.0.1:%d
                HostKey %s
                AuthorizedKeysFile %s
                StrictModes no
                PermitRootLogin prohibit-password
                PasswordAuthentication no
                UsePAM no
                # Else it drops connections when many log in at once.
                MaxStartups 100
                PidFile none
                # Else the shell would read what root's .bashrc says.
                SetEnv HOME=%s
                """.formatted(sshPort, folder.resolve("host_key"), server.work().resolve("key.pub"), folder));
        File log = folder.resolve("sshd.log").toFile();
        sshd = new ProcessBuilder("/usr/sbin/sshd", "-D", "-e", "-f", folder.resolve("sshd_config").toString())
                .redirectErrorStream(true).redirectOutput(log).start();
        await("sshd listens: " + Files.readString(log.toPath())).atMost(PATIENCE).until(() -> listens(sshPort));
    }

    private static boolean listens(int port) {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            return socket.isConnected();
        } catch (IOException refused) {
            return false;
        }
    }

    private void startNginx() throws IOException, InterruptedException {
        configureNginx("127.0.0.1:1");
        Running.demand("/usr/sbin/nginx", "-c", nginxConfig());
    }

    private String nginxConfig() {
        return folder.resolve("nginx.conf").toString();
    }

    private void configureNginx(String target) throws IOException {
        Files.writeString(folder.resolve("nginx.conf"), """
                worker_processes auto;
                pid %1$s/nginx.pid;
                error_log %1$s/nginx.log;
                events {}
                http {
                    access_log off;
                    client_body_temp_path %1$s/body;
                    proxy_temp_path %1$s/proxy;
                    fastcgi_temp_path %1$s/fastcgi;
                    uwsgi_temp_path %1$s/uwsgi;
                    scgi_temp_path %1$s/scgi;
                    server { listen 127.0.0.1:%2$d; location / { proxy_pass http://%3$s; } }
                }
                """.formatted(folder, httpPort, target));
    }

    /// The words of a command over ssh.
    List<String> words(String command) {
        List<String> words = new ArrayList<>(List.of(server.sshCommand().split(" ")));
        words.addAll(List.of("-p", String.valueOf(sshPort), USER + "@127.0.0.1", command));
        return words;
    }

    WorkTree tree() {
        return tree;
    }

    /// Brings what was committed onto the web.
    void deploy(String page, Stages stages) throws IOException, InterruptedException {
        Running.Result pushed = tree.push();
        if (pushed.exit() != 0) {
            throw new AssertionError("git push to a bare repository: " + pushed.text()
                    + Files.readString(folder.resolve("sshd.log")));
        }
        stages.reached("git push");
        engine.build("hokku-" + owner, owner, tree.folder());
        stages.reached("docker build");
        former = container;
        container = engine.run("run", "-d", "--label", Docker.INSTANCE + "=" + owner, "hokku-" + owner).strip();
        stages.reached("docker run");
        String address = engine.run("inspect", "-f", "{{.NetworkSettings.IPAddress}}", container).strip();
        awaitPage(new Web(address, 5000), DOMAIN, page);
        stages.reached("docker inspect, and the app answers");
        configureNginx(address + ":5000");
        Running.demand("/usr/sbin/nginx", "-t", "-q", "-c", nginxConfig());
        Running.demand("/usr/sbin/nginx", "-s", "reload", "-c", nginxConfig());
        awaitPage(new Web("127.0.0.1", httpPort), DOMAIN, page);
        stages.reached("nginx -t and reload, and nginx answers with it");
    }

    /// Ends what the last deploy replaced.
    void retire() throws IOException, InterruptedException {
        if (!former.isEmpty()) {
            engine.run("rm", "-f", former);
        }
    }

    /// Asks until the page is answered.
    static void awaitPage(Web web, String domain, String page) throws InterruptedException {
        Web.Answer wanted = new Web.Answer(200, page);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        for (Web.Answer answer = web.get(domain, "/"); !answer.equals(wanted); answer = web.get(domain, "/")) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError(domain + " answers " + answer + " instead of " + page);
            }
            Thread.sleep(5);
        }
    }

    @Override
    public void close() throws IOException {
        try {
            if (sshd != null) {
                sshd.destroy();
            }
            if (Files.exists(folder.resolve("nginx.pid"))) {
                Running.run(List.of("/usr/sbin/nginx", "-s", "stop", "-c", nginxConfig()), new byte[0]);
            }
            engine.remove(owner);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException(interrupted);
        }
    }
}
