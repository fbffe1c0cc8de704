package hokku.core.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import hokku.api.App;
import hokku.api.AppName;
import hokku.api.Apps.Restart;
import hokku.api.Domain;
import hokku.api.Endpoint;
import hokku.api.Finding;
import hokku.api.Finding.State;
import hokku.api.Instance;
import hokku.api.ProcessSpec;
import hokku.api.ProcessType;
import hokku.api.UserError;
import hokku.core.plugin.FailedJob;
import hokku.testkit.FakeApps;
import hokku.testkit.RecordingOutput;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What is found about apps and their names.
class AppsTest {
    private static final AppName HELLO = AppName.of("hello");

    private final FakeApps apps = new FakeApps();
    private final Map<String, String> dns = new TreeMap<>();
    private final Set<String> asked = new ConcurrentSkipListSet<>();

    private static Instance web(App app, Instance.State state) {
        return new Instance(app.id(), ProcessSpec.Kind.DEPLOY, ProcessType.WEB, 1, "c", "", "d", 1, state, Optional.empty(), OptionalInt.empty(),
                List.<Endpoint>of());
    }

    private List<InetAddress> resolve(String name) throws UnknownHostException {
        asked.add(name);
        if (!dns.containsKey(name)) {
            throw new UnknownHostException(name);
        }
        return List.of(InetAddress.ofLiteral(dns.get(name)));
    }

    private List<Finding> names(String address) throws Exception {
        return new Names(apps, address, this::resolve, Duration.ofSeconds(10)).examine();
    }

    private void domains(String... domains) throws InterruptedException {
        apps.add("hello");
        apps.change(HELLO, app -> app.withDomains(List.of(domains).stream().map(Domain::of).toList(), true), Restart.NEVER, new RecordingOutput());
    }

    @Test
    void namesThatLeadHereAreWell() throws Exception {
        domains("www.example.test");
        dns.put("www.example.test", "127.0.0.1");
        assertThat(names("")).containsExactly(Finding.well("1 names lead here"));
    }

    @Test
    void namesThatLeadElsewhereOrNowhereAreWorthALook() throws Exception {
        domains("www.example.test", "none.example.test", "*.wild.example.test");
        dns.put("www.example.test", "192.0.2.77");
        dns.put("hokku-doctor.wild.example.test", "::1");
        assertThat(names("")).allSatisfy(finding -> assertThat(finding.state()).isEqualTo(State.WARNING)).extracting(Finding::text)
                .containsExactlyInAnyOrder("www.example.test of hello leads to 192.0.2.77, not here", "none.example.test of hello is unknown to DNS");
    }

    @Test
    void theAddressInFrontOfARouterIsHereToo() throws Exception {
        domains("www.example.test");
        dns.put("www.example.test", "192.0.2.77");
        dns.put("gate.example.test", "192.0.2.77");
        assertThat(names("gate.example.test")).containsExactly(Finding.well("1 names lead here"));
    }

    @Test
    void oneNameStandsForAllThatFollowFromTheGlobalDomain() throws Exception {
        apps.setGlobal(apps.global().withDomains(List.of(Domain.of("example.test"))));
        domains("hello.example.test");
        dns.put("hokku-doctor.example.test", "127.0.0.1");
        assertThat(names("")).containsExactly(Finding.well("1 names lead here"));
        assertThat(asked).containsExactly("hokku-doctor.example.test");
    }

    @Test
    void dnsThatDoesNotAnswerHoldsUpNobody() throws Exception {
        domains("slow.example.test");
        CountDownLatch end = new CountDownLatch(1);
        try {
            List<Finding> findings = new Names(apps, "", name -> {
                try {
                    end.await();
                } catch (InterruptedException over) {
                    throw new IllegalStateException(over);
                }
                return List.of();
            }, Duration.ofMillis(20)).examine();
            assertThat(findings).singleElement().extracting(Finding::text).isEqualTo("slow.example.test of hello: no answer from DNS in time");
        } finally {
            end.countDown();
        }
    }

    private List<Finding> running(boolean changing, Instance.State... states) throws Exception {
        App app = apps.get(HELLO);
        TreeMap<ProcessType, Integer> scale = new TreeMap<>(Map.of(ProcessType.WEB, 2, ProcessType.of("worker"), 0));
        return new RunningApps(() -> List.of(app), name -> scale, name -> Stream.of(states).map(state -> web(app, state)).toList(),
                name -> changing).examine();
    }

    @Test
    void anAppOfWhichTooLittleRunsIsWrong() throws Exception {
        apps.add("hello");
        assertThat(running(false, Instance.State.RUNNING, Instance.State.RUNNING)).containsExactly(Finding.well("1 should run, and do"));
        assertThat(running(false, Instance.State.RUNNING, Instance.State.RESTARTING)).containsExactly(Finding.wrong(
                "of hello fewer containers run than should: web 1 of 2", "Look why: logs hello; then: ps:restart hello"));
        assertThat(running(true, Instance.State.RUNNING)).as("it is just being deployed").containsExactly(Finding.well("1 should run, and do"));
    }

    @Test
    void aSchedulerThatDoesNotAnswerDoesNotHideWhatIsWrongWithTheAppsOfAnother() throws Exception {
        List<App> all = List.of(apps.add("hello"), apps.add("lost"), apps.add("other"));
        assertThat(new RunningApps(() -> all, name -> new TreeMap<>(Map.of(ProcessType.WEB, 1)), name -> {
            if (!name.equals(HELLO)) {
                throw new UserError(UserError.UNAVAILABLE, "The swarm has no leader");
            }
            return List.of();
        }, name -> false).examine()).containsExactly(
                Finding.wrong("of hello fewer containers run than should: web 0 of 1", "Look why: logs hello; then: ps:restart hello"),
                Finding.wrong("whether lost, other run is not known: The swarm has no leader", "Bring back what does not answer, then ask again"));
    }

    @Test
    void aStoppedAppNeedNotRun() throws Exception {
        apps.add("hello");
        apps.change(HELLO, app -> app.withStopped(true), Restart.NEVER, new RecordingOutput());
        assertThat(running(false)).containsExactly(Finding.well("0 should run, and do"));
    }

    @Test
    void aJobThatFailedIsNamedWithItsReason() {
        assertThat(new FailedJobs(List::of).examine()).containsExactly(Finding.well("none failed when it ran last"));
        assertThat(new FailedJobs(() -> List.of(new FailedJob("mine", "sweep", Instant.EPOCH, "no broom"))).examine()).singleElement()
                .extracting(Finding::text).isEqualTo("sweep of plugin mine failed at 1970-01-01T00:00:00Z: no broom");
    }
}
