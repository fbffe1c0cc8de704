package hokku.swarm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
import hokku.testkit.SharedSwarmLab;
import hokku.testkit.SwarmLab;
import hokku.testkit.SwarmNode;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/// What the server does about missing tasks, while the swarm itself puts others in their place.
@ExtendWith(SharedSwarmLab.class)
@Timeout(300)
class HealingIT {
    private static final Duration SOON = Duration.ofSeconds(60);

    private final SwarmLab lab;
    private final App app = App.create(AppName.of("hello"), AppId.random(), Instant.now(), Global.EMPTY);
    private RealSwarm real;

    HealingIT(SwarmLab lab) {
        this.lab = lab;
    }

    @BeforeEach
    void open() throws IOException {
        real = new RealSwarm(lab);
    }

    @AfterEach
    void close() throws Exception {
        lab.mend();
        real.scheduler().destroy(app);
        real.close();
    }

    private List<Endpoint> start() throws Exception {
        ProcessSpec web = ProcessSpec.of(ProcessSpec.Kind.DEPLOY, app.name(), app.id(), "d1", 1, ProcessType.WEB, RealSwarm.IMAGE)
                .withCommand(RealSwarm.SERVING).withPorts(List.of(5000)).withCount(6).withStopTimeout(Duration.ofSeconds(1)).withRestartPolicy("always")
                .withChecks(List.of(new Check("port listening check", new Check.Listening(OptionalInt.empty()), 1000, Duration.ofSeconds(2),
                        Duration.ofMillis(50), Duration.ZERO, false)), true, Duration.ofSeconds(20));
        Release release = new Release(app.name(), 1, RealSwarm.IMAGE, "hello:1", "test", Env.EMPTY, new TreeMap<>(), List.of(5000), true, "", Map.of(),
                Map.of(), "test", Instant.now());
        return real.scheduler().start(Deployment.of("d1", app, release, List.of(web)), new RecordingOutput());
    }

    private List<Instance.State> states() {
        return real.scheduler().instances(app.id()).stream().map(Instance::state).toList();
    }

    @Test
    void aStartWhileTheSwarmHealsReturnsWhatRunsAndMakesNothing() throws Exception {
        assertThat(start()).hasSize(6);
        SwarmNode lost = lab.node(3);
        List<String> services = services();
        try (AutoCloseable watch = real.scheduler().watch(any -> { })) {
            assertThat(watch).isNotNull();
            lost.cutNetwork();
            await().atMost(SOON).until(() -> states().contains(Instance.State.MISSING));
            demandQuickStart(lost, services);
            lost.awaitDown();
            demandQuickStart(lost, services);
            await().atMost(SOON).until(() -> states().stream().allMatch(state -> state == Instance.State.RUNNING));
            assertThat(start()).hasSize(6).extracting(Endpoint::host).doesNotContain(lost.address());
            assertThat(services()).isEqualTo(services);
        }
    }

    private void demandQuickStart(SwarmNode lost, List<String> services) throws Exception {
        long begun = System.nanoTime();
        List<Endpoint> endpoints = start();
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(10));
        assertThat(endpoints).isNotEmpty().extracting(Endpoint::host).doesNotContain(lost.address());
        assertThat(services()).isEqualTo(services);
    }

    private List<String> services() {
        return real.parts().cluster().services(app.id()).stream().map(Deployed::id).toList();
    }
}
