package hokku.swarm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
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
import hokku.api.UserError;
import hokku.testkit.RecordingOutput;
import hokku.testkit.SharedSwarmLab;
import hokku.testkit.SwarmLab;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/// A swarm that is full: each task claims more than half of a node for itself.
@ExtendWith(SharedSwarmLab.class)
@Timeout(180)
class RoomIT {
    private final RecordingOutput out = new RecordingOutput();
    private final List<List<Endpoint>> led = new ArrayList<>();
    private RealSwarm real;
    private App app;
    private int count = 3;

    @BeforeEach
    void open(SwarmLab lab) throws IOException {
        real = new RealSwarm(lab);
        long memory = Long.parseLong(lab.manager().docker("info", "--format", "{{.MemTotal}}").strip());
        app = App.create(AppName.of("hello"), AppId.random(), Instant.now(), Global.EMPTY).withSetting(SwarmSettings.RESERVED_MEMORY, memory * 6 / 10 + "b");
    }

    @AfterEach
    void close() throws Exception {
        real.scheduler().destroy(app);
        real.close();
    }

    @Test
    void formerTasksAreReplacedAFewAtATimeAndRequestsAreLedPastThem() throws Exception {
        List<Endpoint> former = start("d1", RealSwarm.SERVING);
        List<Endpoint> endpoints = start("d2", RealSwarm.SERVING);
        assertThat(out.text()).contains("The swarm has no room for both releases: former containers are replaced 1 at a time",
                "Ending 1 of 3 former containers of web", "Ending 1 of 2 former containers of web", "Ending 1 of 1 former containers of web");
        assertThat(endpoints).hasSize(3).doesNotContainAnyElementsOf(former);
        assertThat(led).extracting(List::size).containsExactly(2, 2, 2);
        assertThat(led.getFirst()).isSubsetOf(former);
        assertThat(led.getLast()).isSubsetOf(endpoints);
        real.scheduler().retire(app.id(), instance -> instance.deploy().equals("d1"));
        assertThat(real.scheduler().instances(app.id())).extracting(Instance::deploy).containsOnly("d2").hasSize(3);
    }

    @Test
    void aReleaseThatDoesNotWorkCostsOneBatchWhichComesBack() throws Exception {
        List<Endpoint> former = start("d1", RealSwarm.SERVING);
        assertThatThrownBy(() -> start("d2", List.of("sh", "-c", "exit 3"))).isInstanceOf(UserError.class).hasMessageContaining("exit code 3");
        assertThat(out.text()).contains("Ending 1 of 3").doesNotContain("Ending 1 of 2");
        assertThat(real.scheduler().instances(app.id())).hasSize(3).allSatisfy(instance -> {
            assertThat(instance.deploy()).isEqualTo("d1");
            assertThat(instance.state()).isEqualTo(Instance.State.RUNNING);
        });
        assertThat(led).hasSize(2);
        assertThat(led.getFirst()).isSubsetOf(former);
        assertThat(led.getLast()).containsExactlyInAnyOrderElementsOf(
                real.scheduler().instances(app.id()).stream().flatMap(instance -> instance.endpoints().stream()).toList());
    }

    @Test
    void formerTasksDoNotEndInVainWhereTheNodeWithoutRoomIsNoneOfTheirs() throws Exception {
        App hello = app;
        App other = App.create(AppName.of("other"), AppId.random(), Instant.now(), hello.global())
                .withSetting(SwarmSettings.RESERVED_MEMORY, SwarmSettings.RESERVED_MEMORY.print(hello.value(SwarmSettings.RESERVED_MEMORY).orElseThrow()))
                .withSetting(SwarmSettings.CONSTRAINTS, "node.hostname==node1");
        try {
            count = 1;
            app = other;
            start("o1", RealSwarm.SERVING);
            count = 2;
            app = hello;
            start("d1", RealSwarm.SERVING);
            app = hello.withSetting(SwarmSettings.CONSTRAINTS, "node.hostname==node1");
            assertThatThrownBy(() -> start("d2", RealSwarm.SERVING)).isInstanceOf(UserError.class)
                    .hasMessageContaining("although former containers ended for it").hasMessageContaining("insufficient resources");
            assertThat(out.text()).contains("Ending 1 of 2").doesNotContain("Ending 1 of 1");
            assertThat(real.scheduler().instances(app.id())).hasSize(2).allSatisfy(instance -> {
                assertThat(instance.deploy()).isEqualTo("d1");
                assertThat(instance.state()).isEqualTo(Instance.State.RUNNING);
            });
        } finally {
            real.scheduler().destroy(other);
        }
    }

    @Test
    void whatAStartThatWasCutOffLeftBehindMakesRoomForWhatIsLive() throws Exception {
        start("d1", RealSwarm.SERVING);
        String former = real.parts().cluster().services(app.id()).getFirst().id();
        real.parts().services().scale(former, 0);
        String network = real.parts().networks().ensure(app.id(), app.name());
        ServiceForm form = new ServiceForm(app, real.image(), network, real.parts().engine().instance());
        String left = real.parts().services().create(form.service(web("d2", RealSwarm.SERVING), 1, 3), Optional.empty(), SecretFiles.of(app, web("d2", List.of())));
        await().atMost(Duration.ofSeconds(60)).until(() -> real.parts().cluster().replicas(app.id(), "d2").stream()
                .filter(replica -> replica.instanceState() == Instance.State.RUNNING).count() == 3);
        assertThat(start("d1", RealSwarm.SERVING)).hasSize(3);
        assertThat(real.parts().cluster().services(app.id())).extracting(Deployed::id).contains(former).doesNotContain(left);
    }

    @Test
    void whatNobodyHasRoomForIsRefusedWithTheReason() {
        app = app.withSetting(SwarmSettings.CONSTRAINTS, "node.labels.disk==none");
        assertThatThrownBy(() -> start("d1", RealSwarm.SERVING)).isInstanceOf(UserError.class)
                .hasMessageContaining("no node of the swarm takes it: no suitable node (scheduling constraints not satisfied on 3 nodes)");
        assertThat(real.scheduler().instances(app.id())).isEmpty();
    }

    private List<Endpoint> start(String id, List<String> command) throws Exception {
        Release release = new Release(app.name(), 3, RealSwarm.IMAGE, "hello:3", "test", Env.EMPTY, new TreeMap<>(), List.of(5000), true, "", Map.of(),
                Map.of(), "test", Instant.now());
        return real.scheduler().start(Deployment.of(id, app, release, List.of(web(id, command))), led::add, out);
    }

    private ProcessSpec web(String id, List<String> command) {
        Check listening = new Check("port listening check", new Check.Listening(OptionalInt.empty()), 1000, Duration.ofSeconds(2), Duration.ofMillis(50),
                Duration.ZERO, false);
        return ProcessSpec.of(ProcessSpec.Kind.DEPLOY, app.name(), app.id(), id, 3, ProcessType.WEB, RealSwarm.IMAGE).withCount(count)
                .withCommand(command).withPorts(List.of(5000)).withEnv(Env.EMPTY.with("PORT", "5000")).withStopTimeout(Duration.ofSeconds(5))
                .withRestartPolicy("on-failure:10").withChecks(List.of(listening), true, Duration.ofSeconds(20));
    }
}
