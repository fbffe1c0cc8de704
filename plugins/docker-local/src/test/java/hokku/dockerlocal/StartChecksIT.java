package hokku.dockerlocal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hokku.api.Check;
import hokku.api.Env;
import hokku.api.ProcessSpec;
import hokku.api.ProcessType;
import hokku.api.UserError;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What is told of a start that fails, and of its checks.
@Timeout(120)
class StartChecksIT extends SchedulerFixture {
    @Test
    void anImageThatExitsAtOnceIsToldWithItsOutput() {
        ProcessSpec spec = process("d1", ProcessType.WEB, "sh", "-c", "echo no database; exit 3").withPorts(List.of(5000))
                .withChecks(List.of(LISTENING, uptime(1)), true, Duration.ofSeconds(30));
        assertThatThrownBy(() -> start("d1", spec)).isInstanceOf(UserError.class)
                .hasMessageContaining("hello could not start web.1: it ended with exit code 3");
        assertThat(out.lines()).anyMatch(line -> line.matches("=====> Start of hello container output \\([0-9a-f]{12} web.1\\)"))
                .contains("       no database")
                .anyMatch(line -> line.matches("=====> End of hello container output \\([0-9a-f]{12} web.1\\)"));
        assertThat(instances()).isEmpty();
    }

    @Test
    void anImageThatNeverListensIsToldWhatToDo() {
        ProcessSpec spec = process("d1", ProcessType.WEB, "sleep", "600").withPorts(List.of(5000))
                .withChecks(List.of(LISTENING), true, Duration.ofSeconds(2));
        assertThatThrownBy(() -> start("d1", spec)).isInstanceOf(UserError.class)
                .hasMessageContaining("nothing listens on port 5000 within ").hasMessageContaining("0.0.0.0")
                .hasMessageContaining("PORT");
        assertThat(instances()).isEmpty();
    }

    @Test
    void anImageThatListensElsewhereIsToldWhere() {
        ProcessSpec other = process("d1", ProcessType.WEB, "httpd", "-f", "-p", "3000").withPorts(List.of(5000))
                .withChecks(List.of(LISTENING), true, Duration.ofSeconds(2));
        assertThatThrownBy(() -> start("d1", other)).hasMessageContaining("It listens on 3000 instead.");
        ProcessSpec loopback = process("d2", ProcessType.WEB, "httpd", "-f", "-p", "127.0.0.1:5000").withPorts(List.of(5000))
                .withChecks(List.of(LISTENING), true, Duration.ofSeconds(2));
        assertThatThrownBy(() -> start("d2", loopback)).hasMessageContaining("127.0.0.1 only");
        assertThat(instances()).isEmpty();
    }

    @Test
    void aCrashLoopIsAFailureAtItsFirstCrash() {
        ProcessSpec spec = process("d1", WORKER, "sh", "-c", "sleep 0.5; exit 1").withRestartPolicy("always")
                .withChecks(List.of(uptime(3)), true, Duration.ofSeconds(60));
        long before = System.nanoTime();
        assertThatThrownBy(() -> start("d1", spec)).hasMessageContaining("exit code 1");
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(20));
        assertThat(instances()).isEmpty();
    }

    @Test
    void aCommandThatIsNotInTheImageIsNamed() {
        assertThatThrownBy(() -> start("d1", process("d1", WORKER, "no-such-program").withInit(false)))
                .isInstanceOf(UserError.class).hasMessageContaining("no-such-program").hasMessageContaining("not found");
        assertThatThrownBy(() -> start("d1", process("d1", WORKER, "no-such-program")
                .withChecks(List.of(uptime(5)), true, Duration.ofSeconds(20))))
                .isInstanceOf(UserError.class).hasMessageContaining("exit code 127").hasMessageContaining("not found");
        assertThat(instances()).isEmpty();
    }

    @Test
    void anImageThatIsGoneIsToldWhatToDo() {
        assertThatThrownBy(() -> start("d1", process("d1", WORKER, "true").withImage("sha256:" + "0".repeat(64))))
                .isInstanceOf(UserError.class).hasMessageContaining("ps:rebuild hello");
    }

    @Test
    void memoryThatRunsOutIsNamed() {
        ProcessSpec spec = process("d1", WORKER, "sh", "-c", "x=x; while true; do x=$x$x; done")
                .withLimits(OptionalLong.of(16 * 1024 * 1024), Optional.of(0.5))
                .withChecks(List.of(uptime(30)), true, Duration.ofSeconds(60));
        assertThatThrownBy(() -> start("d1", spec)).hasMessageContaining("memory").hasMessageContaining("16 MB");
    }

    @Test
    void aVariableThatNoProcessCanHaveIsToldSo() {
        assertThatThrownBy(() -> start("d1", web("d1").withEnv(Env.EMPTY.with("BIG", "x".repeat(140_000)))))
                .isInstanceOf(UserError.class).hasMessageContaining("128 KiB");
    }

    @Test
    void aFailedCheckIsNamedWithItsReason() {
        ProcessSpec spec = web("d1")
                .withChecks(List.of(LISTENING, new Check("login page", new Check.Http("/nowhere", "", Map.of(),
                OptionalInt.empty()), 2, Duration.ofSeconds(2), Duration.ofMillis(100), Duration.ZERO, false)), true,
                Duration.ofSeconds(30));
        assertThatThrownBy(() -> start("d1", spec)).hasMessageContaining("login page").hasMessageContaining("status 404");
        ProcessSpec command = web("d1")
                .withChecks(List.of(exec("sh", "-c", "echo not migrated; exit 4")), true, Duration.ofSeconds(30));
        assertThatThrownBy(() -> start("d1", command)).hasMessageContaining("exit code 4: not migrated");
        assertThat(instances()).isEmpty();
    }

    @Test
    void aCheckThatOnlyWarnsDoesNotRefuse() throws Exception {
        Check warning = new Check("nice to have", new Check.Exec(List.of("false")), 1, Duration.ofSeconds(5), Duration.ZERO,
                Duration.ZERO, true);
        start("d1", web("d1").withChecks(List.of(LISTENING, warning), true, Duration.ofSeconds(30)));
        assertThat(out.text()).contains(" !     Healthcheck nice to have failed (web.1)")
                .contains("All checks successful (web.1)");
    }

    private static Check exec(String... words) {
        return new Check("migrations", new Check.Exec(List.of(words)), 2, Duration.ofSeconds(10), Duration.ofMillis(100),
                Duration.ZERO, false);
    }
}
