package hokku.dockerlocal;

import static org.assertj.core.api.Assertions.assertThat;

import hokku.api.App;
import hokku.api.AppId;
import hokku.api.AppName;
import hokku.api.Check;
import hokku.api.Deployment;
import hokku.api.Endpoint;
import hokku.api.Env;
import hokku.api.Global;
import hokku.api.Instance;
import hokku.api.ProcessSpec;
import hokku.api.ProcessType;
import hokku.api.Release;
import hokku.testkit.RecordingOutput;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

/// The scheduler on a real engine, and an app whose containers it starts.
abstract class SchedulerFixture {
    static final ProcessType WORKER = ProcessType.of("worker");
    static final Check LISTENING = new Check("port listening check", new Check.Listening(OptionalInt.empty()), 1000,
            Duration.ofSeconds(2), Duration.ofMillis(50), Duration.ZERO, false);

    static RealEngine real;

    final App app = App.create(AppName.of("hello"), AppId.random(), Instant.now(), Global.EMPTY);
    final RecordingOutput out = new RecordingOutput();

    @BeforeAll
    static void open() {
        real = new RealEngine();
    }

    @AfterAll
    static void close() throws IOException {
        real.close();
    }

    @AfterEach
    void nothingStays() throws InterruptedException {
        real.scheduler().destroy(app);
        assertThat(instances()).isEmpty();
    }

    List<Endpoint> start(String id, ProcessSpec... processes) throws Exception {
        return real.scheduler().start(Deployment.of(id, app, release(), List.of(processes)), out);
    }

    Release release() {
        return new Release(app.name(), 3, RealEngine.IMAGE, "hello:3", "test", Env.EMPTY, new TreeMap<>(), List.of(5000), true,
                "", Map.of(), Map.of(), "test", Instant.now());
    }

    ProcessSpec process(String deploy, ProcessType process, String... command) {
        return ProcessSpec.of(ProcessSpec.Kind.DEPLOY, app.name(), app.id(), deploy, 3, process, RealEngine.IMAGE)
                .withCommand(List.of(command)).withStopTimeout(Duration.ofSeconds(1));
    }

    ProcessSpec web(String deploy) {
        return process(deploy, ProcessType.WEB, RealEngine.SERVING.toArray(String[]::new)).withPorts(List.of(5000))
                .withEnv(Env.EMPTY.with("PORT", "5000")).withRestartPolicy("unless-stopped")
                .withChecks(List.of(LISTENING), true, Duration.ofSeconds(30));
    }

    static Check uptime(int seconds) {
        return new Check("default", new Check.Uptime(Duration.ofSeconds(seconds)), 1, Duration.ofSeconds(60), Duration.ZERO,
                Duration.ZERO, false);
    }

    List<Instance> instances() {
        return real.scheduler().instances(app.id());
    }
}
