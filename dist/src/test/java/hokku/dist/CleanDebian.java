package hokku.dist;

import static org.assertj.core.api.Assertions.assertThat;

import hokku.e2e.Docker;
import hokku.e2e.Running;
import hokku.e2e.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/// A system with nothing but Debian's base, as root in a container. It shares this machine's network and engine, so that what is installed in it
/// reaches the apps; its files and processes are its own.
final class CleanDebian implements AutoCloseable {
    private static final Path AUTHORITIES = Path.of("/usr/local/share/ca-certificates");
    private static final String SOCKET = "/var/run/docker.sock";

    private final String instance = "deb-" + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
    /// Its own label differs from that of the apps: a purge must not remove the system that it happens in.
    private final String container = "hokku-" + instance;
    private final int sshPort;
    private final int httpPort;

    private CleanDebian() throws IOException {
        sshPort = TestServer.freePort();
        httpPort = TestServer.freePort();
    }

    /// @param files a folder that it sees as /packages
    static CleanDebian start(String suite, Path files) throws IOException, InterruptedException {
        CleanDebian debian = new CleanDebian();
        List<String> words = new ArrayList<>(List.of("run", "-d", "--init", "--network", "host", "--name", debian.container, "--label",
                Docker.INSTANCE + "=" + debian.container, "-v", SOCKET + ":" + SOCKET, "-v", files.toAbsolutePath() + ":/packages:ro"));
        for (String key : List.of("http_proxy", "https_proxy", "no_proxy")) {
            if (System.getenv(key) != null) {
                words.addAll(List.of("-e", key));
            }
        }
        words.addAll(List.of("debian:" + suite + "-slim", "sleep", "infinity"));
        Docker.SHARED.run(words.toArray(String[]::new));
        try {
            debian.prepare();
        } catch (IOException | InterruptedException | RuntimeException | Error failed) {
            debian.close();
            throw failed;
        }
        return debian;
    }

    private void prepare() throws IOException, InterruptedException {
        if (Files.exists(AUTHORITIES)) {
            try (Stream<Path> found = Files.list(AUTHORITIES)) {
                demand("mkdir", "-p", AUTHORITIES.toString());
                for (Path authority : found.toList()) {
                    Docker.SHARED.run("cp", authority.toString(), container + ":" + AUTHORITIES);
                }
            }
        }
        // As in every container of Debian's: what comes along does not start, least of all a second engine on this machine's network.
        script("printf '#!/bin/sh\\nexit 101\\n' >/usr/sbin/policy-rc.d; chmod 755 /usr/sbin/policy-rc.d");
        // By its name what it leaves on the engine is found.
        script("mkdir -p /var/lib/hokku; echo " + instance + " >/var/lib/hokku/instance");
        script("apt-get update -qq");
    }

    String instance() {
        return instance;
    }

    int sshPort() {
        return sshPort;
    }

    int httpPort() {
        return httpPort;
    }

    /// A command in it, however it ends.
    Running.Result run(String... command) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of("docker", "exec", "-e", "DEBIAN_FRONTEND=noninteractive", "-e", "LC_ALL=C.UTF-8", container));
        words.addAll(List.of(command));
        return Running.run(words, new byte[0]);
    }

    /// What a command in it says when it ends well.
    String demand(String... command) throws IOException, InterruptedException {
        Running.Result result = run(command);
        assertThat(result.exit()).as("%s: %s", String.join(" ", command), result.text()).isZero();
        return result.text();
    }

    /// What lines of a shell say when all of them end well.
    String script(String lines) throws IOException, InterruptedException {
        return demand("bash", "-ec", lines);
    }

    @Override
    public void close() throws IOException {
        try {
            Docker.SHARED.remove(container);
            Docker.SHARED.remove(instance);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            throw new IOException(ended);
        }
    }
}
