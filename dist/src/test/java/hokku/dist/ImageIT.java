package hokku.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hokku.e2e.Docker;
import hokku.e2e.Running;
import hokku.e2e.Sources;
import hokku.e2e.TestServer;
import hokku.e2e.Web;
import hokku.e2e.WorkTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Hokku itself in a container that uses this machine's engine, as README.md says that it is run.
class ImageIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path work;

    private final String instance = "image-" + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
    private final String name = "hokku-" + instance;
    private final String image = name + ":test";
    private int sshPort;
    private int httpPort;

    @BeforeEach
    void anImageAndAVolume() throws Exception {
        sshPort = TestServer.freePort();
        httpPort = TestServer.freePort();
        Variant.real(work);
        Running.demand("image/build", image, work.resolve("hokku.deb").toString());
        Running.demand("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", work.resolve("key").toString());
        Docker.SHARED.run("volume", "create", "--label", Docker.INSTANCE + "=" + name, name);
        // By its name what it leaves on the engine is found.
        Docker.SHARED.run("run", "--rm", "--label", Docker.INSTANCE + "=" + name, "-v", name + ":/home", "busybox:latest", "sh", "-c",
                "echo " + instance + " >/home/instance");
    }

    @AfterEach
    void nothingIsLeft() throws IOException, InterruptedException {
        Docker.SHARED.remove(name);
        Docker.SHARED.remove(instance);
        Running.run(List.of("docker", "volume", "rm", name), new byte[0]);
        Running.run(List.of("docker", "rmi", "-f", image), new byte[0]);
    }

    @Test
    void aPushToItIsServedAndANewContainerOnItsVolumeTakesUpWhatRan() throws Exception {
        start();
        WorkTree tree = WorkTree.init(Files.createDirectory(work.resolve("tree")), "ssh://dokku@127.0.0.1:" + sshPort + "/web", "ssh -F /dev/null -i "
                + work.resolve("key") + " -o IdentitiesOnly=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=" + work.resolve("known_hosts"));
        tree.commit(Sources.page("from within"));
        Running.Result pushed = tree.push();
        assertThat(pushed.exit()).as(pushed.text()).isZero();
        assertThat(get()).isEqualTo(new Web.Answer(200, "from within"));

        String running = apps();
        assertThat(running).isNotBlank();
        Docker.SHARED.run("stop", "-t", "30", name);
        Docker.SHARED.run("rm", name);
        assertThat(apps()).isEqualTo(running);
        start();

        await("the app is reached again").atMost(PATIENCE).untilAsserted(() -> assertThat(get()).isEqualTo(new Web.Answer(200, "from within")));
        assertThat(apps()).isEqualTo(running);
        tree.commit(Sources.page("with the same key"));
        Running.Result again = tree.push();
        assertThat(again.exit()).as(again.text()).isZero();
        assertThat(get()).isEqualTo(new Web.Answer(200, "with the same key"));
    }

    private void start() throws Exception {
        Docker.SHARED.run("run", "-d", "--name", name, "--label", Docker.INSTANCE + "=" + name, "--network", "host", "-v",
                "/var/run/docker.sock:/var/run/docker.sock", "-v", name + ":/var/lib/hokku", "-e", "HOKKU_SSH_PORT=" + sshPort, "-e",
                "HOKKU_HTTP_PORT=" + httpPort, "-e", "HOKKU_ADVERTISED_ADDRESS=127.0.0.1", "-e",
                "HOKKU_KEY=" + Files.readString(work.resolve("key.pub")).strip(), image);
        await("Hokku is up in the container").atMost(PATIENCE).until(() -> {
            assertThat(Docker.SHARED.run("inspect", "-f", "{{.State.Running}}", name)).as(logs()).contains("true");
            return logs().contains("is installed");
        });
    }

    private String logs() throws Exception {
        return Running.run(List.of("docker", "logs", name), new byte[0]).text();
    }

    private Web.Answer get() {
        return new Web("127.0.0.1", httpPort).get("web.127.0.0.1.sslip.io", "/");
    }

    private String apps() throws Exception {
        return Docker.SHARED.run("ps", "-q", "--no-trunc", "--filter", "label=" + Docker.INSTANCE + "=" + instance);
    }
}
