package hokku.swarm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.exception.InternalServerErrorException;
import com.github.dockerjava.api.model.TaskState;
import hokku.api.AppId;
import hokku.api.UserError;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WatchTest {
    private static final Node ONE = Samples.node("one");
    private static final Node TWO = Samples.node("two");
    private final AppId app = AppId.random();
    private final AppId other = AppId.random();
    private final List<AppId> told = new CopyOnWriteArrayList<>();
    private final Set<Node> silent = ConcurrentHashMap.newKeySet();
    private final AtomicInteger looks = new AtomicInteger();
    private final AtomicInteger ownAsked = new AtomicInteger();
    private final Reachability reachability = new Reachability(node -> !silent.contains(node));
    private volatile Supplier<Cluster.View> swarm = () -> Cluster.View.EMPTY;
    private Optional<Watch> watch = Optional.empty();

    @BeforeEach
    void begin() {
        put(running(app, "task1"), running(other, "task2"));
    }

    @AfterEach
    void end() {
        watch.ifPresent(Watch::close);
    }

    private void open() {
        watch = Optional.of(new Watch(() -> {
            Cluster.View seen = swarm.get();
            looks.incrementAndGet();
            return seen;
        }, () -> {
            ownAsked.incrementAndGet();
            return ONE.id();
        }, reachability, told::add));
    }

    @Test
    void aSwarmThatTakesLongToTellIsAskedLessOften() {
        assertThat(Watch.rest(false, Duration.ofMillis(20))).isEqualTo(Duration.ofSeconds(1));
        assertThat(Watch.rest(true, Duration.ofMillis(20))).isEqualTo(Duration.ofSeconds(5));
        assertThat(Watch.rest(false, Duration.ofMillis(700))).isEqualTo(Duration.ofMillis(2800));
    }

    private void put(Replica... replicas) {
        List<Replica> there = List.of(replicas);
        swarm = () -> new Cluster.View(Cluster.probed(there, reachability), List.of(ONE, TWO));
    }

    private Replica running(AppId whose, String task) {
        return Samples.replica(Samples.web(whose, 1), 1, task, TaskState.RUNNING, ONE);
    }

    private void awaitLooks(int further) {
        int wanted = looks.get() + further;
        await().atMost(Duration.ofSeconds(20)).until(() -> looks.get() >= wanted);
    }

    private void awaitTold(AppId... apps) {
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(told).containsExactlyInAnyOrder(apps));
    }

    @Test
    void everybodyIsToldInTheBeginningAndThenOnlyOfChanges() {
        open();
        awaitTold(app, other);
        awaitLooks(2);
        assertThat(told).hasSize(2);
        told.clear();
        put(running(app, "task3"), running(other, "task2"));
        awaitTold(app);
        awaitLooks(2);
        assertThat(told).containsExactly(app);
    }

    @Test
    void anEventMakesItLookAtOnce() {
        swarm = () -> Cluster.View.EMPTY;
        open();
        await().atMost(Duration.ofSeconds(20)).until(() -> looks.get() == 1);
        put(running(app, "task1"));
        long begun = System.nanoTime();
        watch.orElseThrow().wake();
        awaitTold(app);
        // Without it, the next look would be five seconds after the first.
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(3));
    }

    @Test
    void withoutAppsItHardlyLooksAndAsksNothingElse() {
        swarm = () -> Cluster.View.EMPTY;
        open();
        await().atMost(Duration.ofSeconds(20)).until(() -> looks.get() == 1);
        await().during(Duration.ofSeconds(3)).atMost(Duration.ofSeconds(4)).until(() -> looks.get() == 1);
        assertThat(ownAsked).hasValue(0);
        assertThat(told).isEmpty();
    }

    @Test
    void whoseTasksAreAllGoneIsTold() {
        open();
        awaitTold(app, other);
        told.clear();
        put(running(other, "task2"));
        awaitTold(app);
        awaitLooks(2);
        assertThat(told).containsExactly(app);
    }

    @Test
    void afterAnEngineWasAwayEverybodyIsTold() {
        open();
        awaitTold(app, other);
        told.clear();
        AtomicInteger failed = new AtomicInteger();
        swarm = () -> {
            failed.incrementAndGet();
            throw new UserError(UserError.UNAVAILABLE, "The Docker engine does not answer", new java.io.IOException("away"));
        };
        await().atMost(Duration.ofSeconds(20)).until(() -> failed.get() >= 2);
        assertThat(told).isEmpty();
        put(running(other, "task2"));
        awaitTold(app, other);
    }

    @Test
    void aSwarmWithoutALeaderChangesNothing() {
        open();
        awaitTold(app, other);
        told.clear();
        AtomicInteger failed = new AtomicInteger();
        swarm = () -> {
            failed.incrementAndGet();
            throw SwarmEngine.translated("The swarm cannot tell what runs",
                    new InternalServerErrorException("{\"message\":\"rpc error: code = Unknown desc = The swarm does not have a leader.\"}"));
        };
        await().atMost(Duration.ofSeconds(20)).until(() -> failed.get() >= 2);
        put(running(app, "task3"), running(other, "task2"));
        awaitTold(app);
        awaitLooks(2);
        assertThat(told).containsExactly(app);
    }

    @Test
    void aLostNodeIsToldWithinSeconds() {
        Node three = Samples.node("three");
        Deployed web = Samples.web(app, 2);
        List<Replica> there = List.of(Samples.running(web, 1, TWO), Samples.running(web, 2, three));
        swarm = () -> new Cluster.View(Cluster.probed(there, reachability), List.of(ONE, TWO, three));
        open();
        awaitTold(app);
        awaitLooks(2);
        told.clear();
        long begun = System.nanoTime();
        silent.add(three);
        awaitTold(app);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(4));
        told.clear();
        silent.clear();
        awaitTold(app);
    }

    @Test
    void itsOwnNodeIsNotProbed() {
        Set<Node> asked = ConcurrentHashMap.newKeySet();
        Reachability recording = new Reachability(node -> asked.add(node) || true);
        swarm = () -> new Cluster.View(List.of(running(app, "task1")), List.of(ONE, TWO));
        watch = Optional.of(new Watch(() -> swarm.get(), ONE::id, recording, told::add));
        await().atMost(Duration.ofSeconds(20)).until(() -> asked.contains(TWO));
        assertThat(asked).containsExactly(TWO);
    }

    @Test
    void oneWhoFailsToHeedAChangeIsToldOfTheNext() {
        watch = Optional.of(new Watch(() -> swarm.get(), ONE::id, reachability, changed -> {
            told.add(changed);
            throw new IllegalStateException("a defect of the one who is told");
        }));
        awaitTold(app, other);
    }
}
