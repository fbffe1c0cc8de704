package hokku.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;

/// What `doctor` says of a server with an app, and of one at which somebody has been.
class DoctorIT {
    private static final String APP = "patient";

    @Test
    void aServerThatServesIsWellAndWhatIsBrokenIsNamedWithWhatToDo() throws Exception {
        try (TestServer server = TestServer.start()) {
            server.deployed(APP, "one");
            Running.Result well = server.ssh("doctor");
            assertThat(well.exit()).as(well.text()).isZero();
            assertThat(well.out()).contains(" ok    engine: Docker ", " ok    apps: 1 should run, and do", " ok    permissions: ", " ok    state: format ",
                    " ok    plugins: ", " ok    jobs: ").containsPattern(" ok {4}nginx: nginx/\\S+ runs as .* and knows 1 apps").doesNotContain(" !     ");

            String container = server.engine().containers(server.instance()).getFirst().split(" ")[0];
            server.engine().run("pause", container);
            try {
                Path desired = server.home().resolve("apps").resolve(APP).resolve("desired.json");
                Files.setPosixFilePermissions(desired, PosixFilePermissions.fromString("rw-r--r--"));
                Running.Result ill = server.ssh("doctor");
                assertThat(ill.exit()).isEqualTo(1);
                assertThat(ill.out()).contains(" !     apps: of " + APP + " fewer containers run than should: web 0 of 1",
                        "       Look why: logs " + APP, "       chmod go-rwx " + desired);
                Running.Result json = server.ssh("doctor", "--format", "json");
                assertThat(json.exit()).isEqualTo(1);
                assertThat(json.out()).startsWith("[").contains("\"examination\" : \"network-pool\"", "\"plugin\" : \"docker-local\"");
            } finally {
                server.engine().run("unpause", container);
            }
        }
    }
}
