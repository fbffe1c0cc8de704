package hokku.swarm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hokku.api.App;
import hokku.api.AppId;
import hokku.api.AppName;
import hokku.api.Attachment;
import hokku.api.Deployment;
import hokku.api.EngineAddress;
import hokku.api.Env;
import hokku.api.Global;
import hokku.api.Instance;
import hokku.api.ProcessSpec;
import hokku.api.ProcessType;
import hokku.api.Release;
import hokku.testkit.RecordingOutput;
import hokku.testkit.SharedSwarmLab;
import hokku.testkit.SwarmLab;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/// A manager somewhere else, reached over TLS.
@ExtendWith(SharedSwarmLab.class)
@Timeout(120)
class RemoteManagerIT {
    private final RecordingOutput out = new RecordingOutput();
    private final App app = App.create(AppName.of("hello"), AppId.random(), Instant.now(), Global.EMPTY);

    @Test
    void appsRunLogAndTakeInputThroughIt(SwarmLab lab) throws Exception {
        Global global = Global.EMPTY.withSetting(SwarmSettings.MANAGER, lab.tlsHost().toString())
                .withSetting(SwarmSettings.CERTIFICATES, lab.clientCertificates().toString());
        EngineAddress manager = SwarmSettings.address(global).orElseThrow();
        try (RealSwarm real = new RealSwarm(lab, manager)) {
            ProcessSpec web = spec(ProcessSpec.Kind.DEPLOY, ProcessType.WEB).withCount(2).withCommand(RealSwarm.SERVING).withPorts(List.of(5000))
                    .withRestartPolicy("always");
            assertThat(real.scheduler().start(deployment(web), out)).hasSize(2);
            List<Instance> running = real.scheduler().instances(app.id());
            assertThat(running).hasSize(2).extracting(Instance::state).containsOnly(Instance.State.RUNNING);
            List<String> lines = new CopyOnWriteArrayList<>();
            await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
                lines.clear();
                real.scheduler().logs(running, 10, false, (from, at, error, text) -> lines.add(from.dyno() + " " + text));
                assertThat(lines).containsExactlyInAnyOrder("web.1 ready", "web.2 ready");
            });
            ByteArrayOutputStream echoed = new ByteArrayOutputStream();
            int code = real.scheduler().run(spec(ProcessSpec.Kind.RUN, ProcessType.of("run")).withCommand(List.of("sh", "-c", "cat; exit 6")),
                    Attachment.of(new ByteArrayInputStream("one\ntwo".getBytes(StandardCharsets.UTF_8)), echoed, echoed, Optional.empty()));
            assertThat(code).isEqualTo(6);
            assertThat(echoed.toString(StandardCharsets.UTF_8)).isEqualTo("one\ntwo");
            real.scheduler().destroy(app);
            assertThat(real.scheduler().instances(app.id())).isEmpty();
        }
    }

    private ProcessSpec spec(ProcessSpec.Kind kind, ProcessType process) {
        return ProcessSpec.of(kind, app.name(), app.id(), "d1", 3, process, RealSwarm.IMAGE).withStopTimeout(Duration.ofSeconds(1));
    }

    private Deployment deployment(ProcessSpec web) {
        Release release = new Release(app.name(), 3, RealSwarm.IMAGE, "hello:3", "test", Env.EMPTY, new TreeMap<>(), List.of(5000), true, "", Map.of(),
                Map.of(), "test", Instant.now());
        return Deployment.of("d1", app, release, List.of(web));
    }
}
