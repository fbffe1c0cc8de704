package hokku.e2e;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A host as people have it, as far as OpenSSH is concerned: sshd with the system's own configuration at the real port 22, the user
/// dokku, the program below /opt/hokku.
///
/// All of it is in a network namespace of its own, and in a mount namespace with an `/etc` and an `/opt` on top of the machine's, so
/// that the machine sees nothing of it. What has to be a host's, a server's home, is a folder that both see.
final class OpenSshHost implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final String SETUP = """
            set -e
            ip link set lo up
            mount -t tmpfs tmpfs "$1/layers"
            mkdir "$1/layers/upper" "$1/layers/work"
            mount -t overlay overlay -o "lowerdir=/etc,upperdir=$1/layers/upper,workdir=$1/layers/work" /etc
            mount -t tmpfs -o mode=755 tmpfs /opt
            mkdir /opt/hokku
            cp -R "$2/." /opt/hokku
            mount -t tmpfs -o mode=755 tmpfs /run/sshd
            mkdir -p /run/systemd
            mount -t tmpfs -o mode=755 tmpfs /run/systemd
            rm -rf /etc/hokku
            mkdir /etc/hokku
            getent passwd dokku >/dev/null || useradd --system --user-group --no-create-home dokku
            sed -i "s|^\\(dokku:.*\\):[^:]*:[^:]*\\$|\\1:$1/server/home:/usr/sbin/nologin|" /etc/passwd
            test -e /etc/ssh/ssh_host_ed25519_key || ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key
            touch "$1/made"
            exec sleep infinity
            """;

    /// Stands for systemd with its ssh.socket: a process of that name which listens, and starts `sshd -i` for each connection.
    private static final String SOCKET = """
            use strict; use IO::Socket::INET;
            $SIG{CHLD} = 'IGNORE';
            $0 = 'systemd';
            my $listening = IO::Socket::INET->new(LocalAddr => '0.0.0.0', LocalPort => 22, Listen => 20, ReuseAddr => 1) or die "listen: $!";
            open(my $ready, '>', $ARGV[0]) or die; close $ready;
            while (my $connection = $listening->accept) {
                next if fork;
                open(STDIN, '<&', $connection); open(STDOUT, '>&', $connection);
                $SIG{CHLD} = 'DEFAULT';
                exec '/usr/sbin/sshd', '-i';
            }
            """;

    /// What `systemctl` says there: the socket is active, the service is not.
    private static final String SYSTEMCTL = """
            #!/bin/sh
            [ "$*" = "-q is-active ssh.socket" ]
            """;

    /// Words before a command that run it as the server's user: it may go through the folders above its home.
    private static final String AS_DOKKU = """
            chmod 711 "$HOKKU_HOME/.."
            chown -R dokku:dokku "$HOKKU_HOME"
            shift
            exec setpriv --reuid=dokku --regid=dokku --groups="$(stat -Lc %g /var/run/docker.sock),$(id -g dokku)" /opt/hokku/bin/hokku "$@"
            """;

    private final Path folder;
    private final Process holder;

    private OpenSshHost(Path folder, Process holder) {
        this.folder = folder;
        this.holder = holder;
    }

    static OpenSshHost start() throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("hokku-host");
        Files.createDirectory(folder.resolve("layers"));
        Files.createDirectories(Path.of("/run/sshd"));
        Path log = folder.resolve("log");
        Process holder = new ProcessBuilder("unshare", "--mount", "--net", "sh", "-c", SETUP, "setup", folder.toString(), TestServer.program().toString())
                .redirectErrorStream(true).redirectOutput(log.toFile()).start();
        OpenSshHost host = new OpenSshHost(folder, holder);
        await("the host is made").atMost(PATIENCE).until(() -> Files.exists(folder.resolve("made")) || !holder.isAlive());
        if (!holder.isAlive()) {
            throw new AssertionError("the host could not be made: " + Files.readString(log));
        }
        host.startSshd();
        return host;
    }

    /// The words that run a command there.
    List<String> words(String... command) {
        return prefixed(List.of("--mount", "--net"), command);
    }

    private List<String> prefixed(List<String> namespaces, String... command) {
        List<String> words = new ArrayList<>(List.of("nsenter", "--target", String.valueOf(holder.pid())));
        words.addAll(namespaces);
        words.addAll(List.of(command));
        return words;
    }

    Running.Result run(String... command) throws IOException, InterruptedException {
        return Running.run(words(command), new byte[0]);
    }

    String demand(String... command) throws IOException, InterruptedException {
        return Running.demand(words(command).toArray(String[]::new));
    }

    /// The words of a client that comes to port 22.
    List<String> client(Path key, String... options) {
        List<String> words = prefixed(List.of("--net"), "ssh", "-F", "/dev/null", "-i", key.toString(), "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none",
                "-o", "StrictHostKeyChecking=no", "-o", "BatchMode=yes", "-o", "LogLevel=ERROR", "-o", "UserKnownHostsFile=" + folder.resolve("known_hosts"));
        words.addAll(List.of(options));
        return words;
    }

    /// The server belongs to this host, but has the machine's network, where its containers are.
    private TestServer.Place place() {
        return new TestServer.Place("127.0.0.1", prefixed(List.of("--mount"), "sh", "-c", AS_DOKKU, "as-dokku"), Docker.SHARED);
    }

    /// A server in the home that the user dokku has, and what install.sh leaves in /etc/hokku.
    TestServer startServer() throws IOException, InterruptedException {
        Path work = Files.createDirectory(folder.resolve("server"));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
        TestServer server = TestServer.start(place(), work, Files.createDirectory(work.resolve("home")));
        write("/etc/hokku/hokku.conf", "HOKKU_HOME=" + server.home() + "\n");
        demand("install", "-m", "600", server.work().resolve("key").toString(), "/etc/hokku/admin_key");
        return server;
    }

    void write(String file, String text) throws IOException, InterruptedException {
        Running.Result written = Running.run(words("sh", "-c", "cat >\"$1\"", "write", file), text.getBytes(StandardCharsets.UTF_8));
        if (written.exit() != 0) {
            throw new AssertionError(written.text());
        }
    }

    String read(String file) throws IOException, InterruptedException {
        return demand("cat", file);
    }

    Running.Result hokku(String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("env", "PATH=/opt/hokku/bin:" + System.getenv("PATH"), "/opt/hokku/bin/hokku"));
        command.addAll(List.of(words));
        return run(command.toArray(String[]::new));
    }

    void startSshd() throws IOException, InterruptedException {
        demand("/usr/sbin/sshd", "-E", folder.resolve("sshd.log").toString(), "-o", "PidFile=" + folder.resolve("sshd.pid"));
    }

    void endSshd() throws IOException, InterruptedException {
        Path pid = folder.resolve("sshd.pid");
        if (Files.exists(pid)) {
            long number = Long.parseLong(Files.readString(pid).strip());
            ProcessHandle.of(number).ifPresent(ProcessHandle::destroy);
            await("sshd ends").atMost(PATIENCE).until(() -> !Files.exists(pid));
        }
    }

    /// In place of the sshd that runs.
    Process startSocketActivated() throws IOException, InterruptedException {
        endSshd();
        demand("mkdir", "-p", "/run/systemd/system");
        write("/opt/hokku/bin/systemctl", SYSTEMCTL);
        demand("chmod", "755", "/opt/hokku/bin/systemctl");
        Path ready = folder.resolve("socket");
        Process systemd = new ProcessBuilder(words("perl", "-e", SOCKET, ready.toString())).redirectErrorStream(true)
                .redirectOutput(folder.resolve("systemd.log").toFile()).start();
        await("the socket listens").atMost(PATIENCE).until(() -> Files.exists(ready) || !systemd.isAlive());
        return systemd;
    }

    @Override
    public void close() throws IOException {
        try {
            endSshd();
            holder.destroyForcibly();
            holder.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            throw new IOException(ended);
        }
        TestServer.deleteTree(folder);
    }
}
