package hokku.swarm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import hokku.api.App;
import hokku.api.AppId;
import hokku.api.AppName;
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
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/// A swarm whose managers have no majority: it can be neither seen nor changed, and what runs goes on.
@ExtendWith(SharedSwarmLab.class)
@Timeout(240)
class QuorumIT {
    private final RecordingOutput out = new RecordingOutput();
    private final App app = App.create(AppName.of("hello"), AppId.random(), Instant.now(), Global.EMPTY);

    @Test
    void withoutALeaderItIsSaidAndNothingChanges(SwarmLab lab) throws Exception {
        try (RealSwarm real = new RealSwarm(lab)) {
            List<Endpoint> endpoints = real.scheduler().start(deployment("d1"), out);
            lab.manager().docker("node", "promote", lab.node(2).name());
            try {
                await().atMost(Duration.ofSeconds(60)).ignoreExceptions().until(() -> lab.manager()
                        .docker("node", "ls", "--format", "{{.Hostname}} {{.ManagerStatus}}").contains(lab.node(2).name() + " Reachable"));
                lab.node(2).cutNetwork();
                await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertUnavailable(() -> real.scheduler().instances(app.id())));
                assertUnavailable(() -> real.scheduler().start(deployment("d2"), out));
                assertUnavailable(() -> real.scheduler().retire(app.id(), instance -> true));
                for (Endpoint endpoint : endpoints.stream().filter(one -> !one.host().equals(lab.node(2).address())).toList()) {
                    new Socket(endpoint.host(), endpoint.port()).close();
                }
            } finally {
                lab.node(2).restoreNetwork();
                await().atMost(Duration.ofSeconds(90)).ignoreExceptions().until(() -> lab.manager().docker("node", "ls", "--format", "{{.Status}}")
                        .lines().allMatch("Ready"::equals));
                lab.manager().docker("node", "demote", lab.node(2).name());
            }
            await().atMost(Duration.ofSeconds(60)).ignoreException(UserError.class).untilAsserted(() -> assertThat(real.scheduler().instances(app.id()))
                    .hasSize(3).allSatisfy(instance -> {
                        assertThat(instance.deploy()).isEqualTo("d1");
                        assertThat(instance.state()).isEqualTo(Instance.State.RUNNING);
                    }));
            real.scheduler().destroy(app);
        }
    }

    private static void assertUnavailable(org.assertj.core.api.ThrowableAssert.ThrowingCallable asked) {
        assertThatThrownBy(asked).isInstanceOfSatisfying(UserError.class, error -> assertThat(error.exitCode()).isEqualTo(UserError.UNAVAILABLE))
                .hasMessageContaining("the swarm has no leader").hasMessageContaining("swarm:nodes");
    }

    private Deployment deployment(String id) {
        ProcessSpec web = ProcessSpec.of(ProcessSpec.Kind.DEPLOY, app.name(), app.id(), id, 3, ProcessType.WEB, RealSwarm.IMAGE).withCount(3)
                .withCommand(RealSwarm.SERVING).withPorts(List.of(5000)).withStopTimeout(Duration.ofSeconds(5)).withRestartPolicy("always");
        Release release = new Release(app.name(), 3, RealSwarm.IMAGE, "hello:3", "test", Env.EMPTY, new TreeMap<>(), List.of(5000), true, "", Map.of(),
                Map.of(), "test", Instant.now());
        return Deployment.of(id, app, release, List.of(web));
    }
}
