package hokku.nginx;

import static org.assertj.core.api.Assertions.assertThat;

import hokku.api.App;
import hokku.api.AppId;
import hokku.api.AppName;
import hokku.api.Domain;
import hokku.api.Finding;
import hokku.api.Finding.State;
import hokku.api.Global;
import hokku.api.PortMapping;
import hokku.api.Route;
import hokku.api.spi.Examination;
import hokku.testkit.ExaminationContract;
import hokku.testkit.RecordingOutput;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is found about a real nginx.
final class NginxExaminationIT extends ExaminationContract {
    private Path home;
    private TestNginx nginx;

    @BeforeEach
    void load(@TempDir Path folder) throws Exception {
        home = folder;
        nginx = TestNginx.load(folder);
    }

    @AfterEach
    void end() throws Exception {
        nginx.close();
    }

    @Override
    protected Examination examination() throws Exception {
        route();
        return nginx.contributions.examinations().getFirst();
    }

    private void route() throws Exception {
        App app = App.create(AppName.of("hello"), AppId.random(), Instant.EPOCH, Global.EMPTY);
        nginx.proxy().prepare(Route.of(app, List.of(Domain.of("hello.test")), List.of(PortMapping.of("http", nginx.port, 5000)), List.of()),
                new RecordingOutput()).commit();
    }

    private static List<String> wrong(TestNginx nginx) throws Exception {
        return nginx.contributions.examinations().getFirst().examine().stream().filter(finding -> finding.state() == State.WRONG)
                .map(Finding::text).toList();
    }

    @Test
    void anNginxThatRunsIsToldWithItsVersionUserAndPorts() throws Exception {
        String user = System.getProperty("user.name");
        assertThat(examination().examine()).extracting(Finding::text).anyMatch(text -> text.matches("nginx/[0-9.]+ runs as " + user
                + " with \\d+ workers, and knows 1 apps")).contains("has its ports: " + nginx.port, "its configuration is valid");
    }

    @Test
    void anNginxThatWasKilledIsWrong() throws Exception {
        route();
        nginx.close();
        assertThat(wrong(nginx)).containsExactly("nginx does not run, so no app can be reached");
    }

    @Test
    void whoeverHoldsThePortOfAnNginxThatDoesNotRunIsNamed() throws Exception {
        try (ServerSocket taken = new ServerSocket(0); TestNginx foreign = TestNginx.load(home.resolve("foreign"), taken.getLocalPort(),
                Optional.of("nobody"))) {
            assertThat(wrong(foreign)).contains("nginx does not run, so no app can be reached",
                    "port " + taken.getLocalPort() + " is held by a program of " + System.getProperty("user.name"));
        }
    }

    @Test
    void aConfigurationThatNginxRefusesIsWrong() throws Exception {
        route();
        Path file = nginx.folder().resolve("apps/hello.conf");
        Files.writeString(file, Files.readString(file) + "\nno_such_directive on;\n");
        assertThat(wrong(nginx)).singleElement().asString().startsWith("nginx refuses its configuration: ").contains("no_such_directive");
    }
}
