package hokku.core.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hokku.api.Access;
import hokku.api.Finding;
import hokku.api.UserError;
import hokku.core.plugin.BuiltIn;
import hokku.core.plugin.NoEngine;
import hokku.core.plugin.PluginHost;
import hokku.core.plugin.Services;
import hokku.core.state.Home;
import hokku.testkit.FakeApps;
import hokku.testkit.FakeContext;
import hokku.testkit.FakeExamination;
import hokku.testkit.PlainJson;
import hokku.testkit.RecordingContributions;
import hokku.testkit.RecordingSession;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `doctor` says, whatever examinations do.
class DoctorTest {
    @TempDir
    private Path folder;
    private PluginHost host;
    private final RecordingContributions commands = new RecordingContributions();
    private final CountDownLatch end = new CountDownLatch(1);

    @AfterEach
    void close() {
        end.countDown();
        host.close();
    }

    private RecordingSession askAbout(FakeExamination... examinations) throws Exception {
        start(examinations);
        return ask();
    }

    private RecordingSession ask(String... words) throws Exception {
        RecordingSession session = new RecordingSession();
        commands.run(session, "doctor", words);
        return session;
    }

    private void start(FakeExamination... examinations) throws Exception {
        Home home = new Home(folder.resolve("home"));
        home.create();
        host = new PluginHost(home, folder.resolve("shipped"), Clock.systemUTC(), Duration.ofMinutes(1));
        Doctor doctor = new Doctor(host, context -> List.of(new FakeExamination("own", Finding.well("the core is well"))), Duration.ofMillis(300));
        FakeApps apps = new FakeApps();
        host.start(new Services(apps, new NoEngine(), new PlainJson(), (kind, name) -> List.of()), List.of(new BuiltIn("core", "0.1.0", "", doctor),
                new BuiltIn("strange", "0.1.0", "", (context, to) -> List.of(examinations).forEach(to::examination))));
        doctor.contribute(new FakeContext("core", apps, folder), commands);
    }

    @Test
    void whereAllIsWellItSaysWhatWasLookedAt() throws Exception {
        RecordingSession session = askAbout(new FakeExamination("thing", Finding.well("it turns")));
        assertThat(session.printed().lines()).containsExactly(" ok    own: the core is well", " ok    thing: it turns");
        assertThat(session.marked()).containsExactly("=====> All is well");
        assertThat(session.exitCode()).isZero();
    }

    @Test
    void whatIsWrongComesWithWhatToDoAndAnExitCode() throws Exception {
        RecordingSession session = askAbout(new FakeExamination("thing", Finding.wrong("it stands still", "Push it"),
                Finding.warning("it is rusty", "Oil it")));
        assertThat(session.printed().lines()).containsExactly(" ok    own: the core is well", " !     thing: it stands still",
                "       Push it", " ?     thing: it is rusty", "       Oil it");
        assertThat(session.marked()).containsExactly("=====> Wrong: 1, worth a look: 1");
        assertThat(session.exitCode()).isEqualTo(1);
    }

    @Test
    void aWarningAloneIsNoFailure() throws Exception {
        RecordingSession session = askAbout(new FakeExamination("thing", Finding.warning("it is rusty", "Oil it")));
        assertThat(session.marked()).containsExactly("=====> Nothing is wrong, worth a look: 1");
        assertThat(session.exitCode()).isZero();
    }

    @Test
    void anExaminationThatThrowsIsToldUnderItsPluginsName() throws Exception {
        RecordingSession session = askAbout(new FakeExamination("thing", () -> {
            throw new IllegalStateException("no idea");
        }), new FakeExamination("nulls", () -> null), new FakeExamination("told", () -> {
            throw new UserError("It does not answer. Start it");
        }));
        assertThat(session.printed().lines()).contains(" !     thing: plugin strange failed to examine it: no idea",
                " !     told: It does not answer", "       Start it").anyMatch(line -> line.startsWith(" !     nulls: plugin strange failed"));
        assertThat(session.exitCode()).isEqualTo(1);
    }

    @Test
    void anExaminationThatHangsHoldsUpNobodyAndIsNotBegunTwice() throws Exception {
        AtomicInteger begun = new AtomicInteger();
        AtomicInteger ended = new AtomicInteger();
        RecordingSession first = askAbout(new FakeExamination("stubborn", () -> {
            begun.incrementAndGet();
            awaitStubbornly();
            ended.incrementAndGet();
            return List.of(Finding.well("at last"));
        }), new FakeExamination("thing", Finding.well("it turns")));
        assertThat(first.printed().lines()).contains(" !     stubborn: plugin strange: the examination has not answered within 0 s", " ok    thing: it turns");
        assertThat(ask().printed()).contains(" !     stubborn: plugin strange: the examination still hangs");
        assertThat(begun).hasValue(1);
        end.countDown();
        await().untilAsserted(() -> assertThat(ask().printed()).contains(" ok    stubborn: at last"));
        assertThat(ended).hasPositiveValue();
    }

    private void awaitStubbornly() {
        while (true) {
            try {
                end.await();
                return;
            } catch (InterruptedException refused) {
                assertThat(refused).isNotNull();
            }
        }
    }

    @Test
    void quietLeavesOutWhatIsWell() throws Exception {
        start(new FakeExamination("thing", Finding.wrong("it stands still", "Push it")));
        RecordingSession session = new RecordingSession().quietly();
        commands.run(session, "doctor");
        assertThat(session.printed().lines()).containsExactly(" !     thing: it stands still", "       Push it");
    }

    @Test
    void jsonHoldsEveryFinding() throws Exception {
        start(new FakeExamination("thing", Finding.wrong("it stands still", "Push it")));
        RecordingSession session = ask("--format", "json");
        assertThat(session.documents().getFirst().toString()).contains("plugin=core", "plugin=strange", "examination=thing", "state=wrong",
                "text=it stands still", "remedy=Push it");
        assertThat(session.exitCode()).isEqualTo(1);
    }

    @Test
    void aJarThatDoesNotLoadIsWrong() throws Exception {
        Files.writeString(Files.createDirectories(folder.resolve("home/plugins")).resolve("garbage.jar"), "no jar at all");
        start();
        assertThat(new LoadedPlugins(host).examine()).singleElement().satisfies(finding -> {
            assertThat(finding.state()).isEqualTo(Finding.State.WRONG);
            assertThat(finding.text()).startsWith("garbage.jar is no readable jar");
            assertThat(finding.remedy()).contains("plugin:uninstall garbage.jar");
        });
    }

    @Test
    void onlyAnAdministratorMayAsk() throws Exception {
        start();
        assertThat(commands.commands().get("doctor").get().access()).isEqualTo(Access.ADMIN);
    }
}
