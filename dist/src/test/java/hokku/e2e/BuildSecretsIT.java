package hokku.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Where a variable of an app is to be found while it is built and after that, and where it is not.
class BuildSecretsIT {
    @RegisterExtension
    static final BuildpackServer SHARED = new BuildpackServer();

    private static final String APP = "secretive";
    private static final String GO = "/tmp/go";
    private static final String KNOWN = "this is in the image";

    private static final String COMPILE = """
            digest() { sha256sum | cut -c1-64; }
            echo "environment: $(printf %%s "$SECRET" | digest)"
            echo "folder: $(digest <"$3/SECRET")"
            echo "%s" >known
            echo compile waits
            until [ -e %s ]; do sleep 0.05; done
            """.formatted(KNOWN, GO);

    private final String secret = UUID.randomUUID().toString();
    private TestServer server;
    private WorkTree tree;
    private Optional<Running> push = Optional.empty();

    @BeforeEach
    void build() throws Exception {
        server = SHARED.server();
        server.dokku("apps:create", APP);
        server.dokku("config:set", APP, "SECRET=" + secret);
        tree = server.repository(APP);
        tree.commit(Sources.compiled("one", COMPILE));
        push = Optional.of(tree.start("push", "dokku", "HEAD:master").said("compile waits", BuildpackServer.PATIENCE));
    }

    @AfterEach
    void end() throws Exception {
        push.ifPresent(Running::kill);
        server.dokku("apps:destroy", APP, "--force");
    }

    @Test
    void aSecretIsReadByCompileAndFoundNowhereElse() throws Exception {
        String container = server.engine().run("ps", "-q", "--filter", "label=" + Docker.INSTANCE + "=" + server.instance(),
                "--filter", "label=hokku.workshop").strip();
        assertThat(container).as("the container of the build").matches("[0-9a-f]+");
        assertThat(server.engine().run("inspect", container)).contains(APP).doesNotContain(secret);
        assertThat(server.engine().run("top", container, "-eo", "pid,args")).contains("/build/builder").doesNotContain(secret);
        assertThat(commandLines()).contains("/build/builder").doesNotContain(secret);
        assertThat(server.dokku("builds:output", APP, "current")).contains("compile waits").doesNotContain(secret);

        server.engine().run("exec", container, "touch", GO);
        Running.Result pushed = push.orElseThrow().end();

        assertThat(pushed.exit()).as(pushed.text()).isZero();
        assertThat(pushed.err()).contains("environment: " + digest(secret), "folder: " + digest(secret)).doesNotContain(secret);
        assertThat(server.dokku("builds:output", APP, "1")).contains("environment: ").doesNotContain(secret);
        assertThat(server.logged(secret)).isZero();
        assertThat(server.web().get(server.domain(APP), "/env").body()).as("what the app gets").contains("SECRET=" + secret);

        String image = "hokku-" + server.instance() + "/" + APP + ":1";
        assertThat(server.engine().run("history", "--no-trunc", image)).contains("/build/builder").doesNotContain(secret);
        assertThat(server.engine().run("inspect", image)).contains("/start").doesNotContain(secret);
        String made = server.engine().run("create", "--label", Docker.INSTANCE + "=" + server.instance(), image).strip();
        try {
            assertThat(holds("export", made, KNOWN)).as("what is in the file system is found").isTrue();
            assertThat(holds("export", made, secret)).as("the file system").isFalse();
        } finally {
            server.engine().run("rm", "-v", made);
        }
        assertThat(holds("save", image, KNOWN)).as("what is in a layer is found").isTrue();
        assertThat(holds("save", image, secret)).as("a layer, or what is said of it").isFalse();
    }

    /// Of all processes of this machine.
    private static String commandLines() throws IOException {
        StringBuilder found = new StringBuilder();
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            for (Path process : processes.filter(each -> each.getFileName().toString().matches("[0-9]+")).toList()) {
                try {
                    found.append(Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1).replace('\0', ' ')).append('\n');
                } catch (IOException ended) {
                    // It is not there any more.
                }
            }
        }
        return found.toString();
    }

    /// Whether what the engine writes has a text in it.
    private boolean holds(String command, String what, String text) throws IOException, InterruptedException {
        Process process = new ProcessBuilder("docker", "-H", server.engine().host(), command, what)
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        byte[] wanted = text.getBytes(StandardCharsets.UTF_8);
        boolean found = false;
        try (InputStream in = process.getInputStream()) {
            byte[] buffer = new byte[1 << 20];
            int kept = 0;
            for (int read = in.read(buffer, kept, buffer.length - kept); read >= 0; read = in.read(buffer, kept, buffer.length - kept)) {
                int length = kept + read;
                found = found || new String(buffer, 0, length, StandardCharsets.ISO_8859_1).contains(text);
                kept = Math.min(length, wanted.length - 1);
                System.arraycopy(buffer, length - kept, buffer, 0, kept);
            }
        }
        assertThat(process.waitFor()).as("docker %s %s", command, what).isZero();
        return found;
    }

    private static String digest(String text) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    }
}
