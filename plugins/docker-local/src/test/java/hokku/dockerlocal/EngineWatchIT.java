package hokku.dockerlocal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import hokku.api.AppId;
import hokku.api.Deployment;
import hokku.api.Endpoint;
import hokku.api.Instance;
import hokku.api.ProcessSpec;
import hokku.api.ProcessType;
import hokku.api.UserError;
import hokku.testkit.EngineRelay;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What is told of an engine whose containers change, or that goes away.
@Timeout(120)
class EngineWatchIT extends SchedulerFixture {
    @Test
    void anAddressThatChangedIsTold() throws Exception {
        List<Endpoint> before = start("d1", web("d1"));
        Instance instance = instances().getFirst();
        List<AppId> told = new CopyOnWriteArrayList<>();
        try (AutoCloseable watch = real.scheduler().watch(told::add)) {
            assertThat(watch).isNotNull();
            // Every app is told at the start of a watch.
            await().atMost(Duration.ofSeconds(20)).until(() -> told.contains(app.id()));
            told.clear();
            real.engine().client().stopContainerCmd(instance.container()).withTimeout(1).exec();
            // Somebody else takes its address meanwhile.
            start("d2", process("d2", WORKER, "sleep", "600"));
            await().atMost(Duration.ofSeconds(20)).until(() -> told.contains(app.id()));
            told.clear();
            real.engine().client().startContainerCmd(instance.container()).exec();
            await().atMost(Duration.ofSeconds(20)).until(() -> told.contains(app.id()));
            List<Endpoint> after = instances().stream().flatMap(any -> any.endpoints().stream()).toList();
            assertThat(after).hasSize(1);
            assertThat(after.getFirst().host()).isNotEqualTo(before.getFirst().host());
        }
    }

    @Test
    void anEngineThatWasAwayIsWatchedAgainAndEveryAppIsTold(@TempDir Path folder) throws Exception {
        List<AppId> told = new CopyOnWriteArrayList<>();
        try (EngineRelay relay = new EngineRelay(folder.resolve("docker.sock")); RealEngine away = new RealEngine(relay.host());
                AutoCloseable watch = away.scheduler().watch(told::add)) {
            assertThat(watch).isNotNull();
            away.scheduler().start(Deployment.of("d1", app, release(), List.of(web("d1"))), out);
            await().atMost(Duration.ofSeconds(20)).until(() -> told.contains(app.id()));
            relay.stop();
            assertThatThrownBy(() -> away.scheduler().instances()).isInstanceOfSatisfying(UserError.class,
                    e -> assertThat(e.exitCode()).isEqualTo(UserError.UNAVAILABLE));
            assertThatThrownBy(() -> away.scheduler().start(Deployment.of("d2", app, release(), List.of(web("d2"))), out))
                    .isInstanceOfSatisfying(UserError.class, e -> assertThat(e.exitCode()).isEqualTo(UserError.UNAVAILABLE));
            told.clear();
            relay.start();
            await().atMost(Duration.ofSeconds(20)).until(() -> told.contains(app.id()));
            told.clear();
            Instance instance = away.scheduler().instances(app.id()).getFirst();
            away.engine().client().restartContainerCmd(instance.container()).withTimeout(1).exec();
            await().atMost(Duration.ofSeconds(20)).until(() -> told.contains(app.id()));
            away.scheduler().destroy(app);
        }
    }

    @Test
    void anEngineThatGoesAwayInTheMiddleOfAStartIsSaidSo(@TempDir Path folder) throws Exception {
        try (EngineRelay relay = new EngineRelay(folder.resolve("docker.sock")); RealEngine away = new RealEngine(relay.host())) {
            ProcessSpec never = process("d1", ProcessType.WEB, "sleep", "600").withPorts(List.of(5000))
                    .withChecks(List.of(LISTENING), true, Duration.ofSeconds(3));
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            Thread deploy = Thread.ofVirtual().start(() -> {
                try {
                    away.scheduler().start(Deployment.of("d1", app, release(), List.of(never)), out);
                } catch (Exception e) {
                    thrown.set(e);
                }
            });
            await().atMost(Duration.ofSeconds(20)).until(() -> out.text().contains("Attempting pre-flight checks"));
            relay.stop();
            deploy.join();
            assertThat(thrown.get()).isInstanceOf(UserError.class);
            relay.start();
            // Nobody could remove it, and the engine does not start it again by itself: the next start of it is made anew.
            assertThat(away.scheduler().instances(app.id())).hasSize(1);
            assertThat(away.scheduler().start(Deployment.of("d1", app, release(), List.of(web("d1"))), out)).hasSize(1);
            away.scheduler().destroy(app);
        }
    }
}
