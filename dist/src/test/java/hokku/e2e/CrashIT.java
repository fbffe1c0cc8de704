package hokku.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The server is killed in the middle of deploys. What the journal says is live answers afterwards, and nothing half-made is left.
///
/// `-Dhokku.seed=<number>` repeats the random moments of an earlier run.
class CrashIT {
    private static final String APP = "crash";
    static final List<String> POINTS = List.of("BEGUN", "BUILT", "RECORDED", "CLEARED", "STARTED", "PREPARED", "JOURNALLED", "COMMITTED",
            "ADOPTED", "MOVED", "RETIRED");
    static final int COMMIT_POINT = POINTS.indexOf("JOURNALLED");
    private static final int RANDOM_MOMENTS = Integer.getInteger("hokku.moments", 20);
    private static final Pattern LIVE = Pattern.compile("\"type\":\"live\",.*?\"deployment\":\"([^\"]+)\"");

    private final List<String> table = new ArrayList<>();

    @Test
    void whateverTheStageTheJournalledReleaseAnswersAfterAKill() throws Exception {
        try (TestServer server = TestServer.start()) {
            WorkTree tree = server.deployed(APP, "first");
            String live = "first";
            for (String point : POINTS) {
                server.kill();
                server.launch(point);
                String commit = tree.commit(Sources.page(point));
                try (Watch watch = server.watch(APP)) {
                    Running.Result pushed = tree.push();
                    server.awaitEnd();
                    assertThat(pushed.exit() == 0).as("accepted: %s", pushed.text()).isEqualTo(point.equals("RETIRED"));
                    server.launch("");
                    server.awaitSettled();
                    boolean committed = POINTS.indexOf(point) >= COMMIT_POINT;
                    String expected = committed ? point : live;
                    assertThat(server.get(APP)).as("after %s", point).isEqualTo(new Web.Answer(200, expected));
                    assertThat(tree.remote("master").equals(commit)).as("the branch holds the pushed commit after %s", point).isEqualTo(committed);
                    String state = assertWhole(server);
                    // Killed in the very moment of the switch nginx may serve either; nothing else.
                    watch.sawOnly(live, expected, point);
                    table.add("%-14s %-16s %s".formatted(point, expected, state));
                }
                live = nextPush(server, tree, "after " + point);
            }
        } finally {
            print("killed at");
        }
    }

    @Test
    void whateverTheMomentTheJournalledReleaseAnswersAfterAKill() throws Exception {
        long seed = Long.getLong("hokku.seed", System.nanoTime());
        System.out.println("-Dhokku.seed=" + seed);
        Random random = new Random(seed);
        try (TestServer server = TestServer.start()) {
            WorkTree tree = server.deployed(APP, "first");
            long begin = System.nanoTime();
            String live = nextPush(server, tree, "second");
            long whole = Duration.ofNanos(System.nanoTime() - begin).toMillis();
            System.out.println("an undisturbed push takes " + whole + " ms");
            for (int moment = 1; moment <= RANDOM_MOMENTS; moment++) {
                long millis = random.nextLong(whole + whole / 4);
                String page = "moment " + moment;
                String commit = tree.commit(Sources.page(page));
                try (Watch watch = server.watch(APP)) {
                    Running push = tree.start("push", "dokku", "master");
                    LockSupport.parkNanos(Duration.ofMillis(millis).toNanos());
                    server.kill();
                    Running.Result pushed = push.end();
                    server.launch("");
                    server.awaitSettled();
                    Web.Answer answer = server.get(APP);
                    boolean committed = tree.remote("master").equals(commit);
                    assertThat(answer).as("after %d ms", millis).isEqualTo(new Web.Answer(200, committed ? page : live));
                    assertThat(pushed.exit() == 0 && !committed).as("accepted but not live").isFalse();
                    String state = assertWhole(server);
                    watch.sawOnly(committed ? new String[] {live, page} : new String[] {live});
                    table.add("%6d ms      %-16s %s".formatted(millis, answer.body(), state));
                    live = committed ? page : live;
                }
                if (moment % 5 == 0) {
                    live = nextPush(server, tree, "after moment " + moment);
                }
            }
            nextPush(server, tree, "the last one");
        } finally {
            print("killed after");
        }
    }

    @Test
    void variablesAndWhatRunsAgreeAfterAKillInTheMiddleOfTheirChange() throws Exception {
        try (TestServer server = TestServer.start()) {
            server.deployed(APP, "first");
            server.dokku("config:set", APP, "COLOUR=none");
            String live = "none";
            for (String point : List.of("STARTED", "PREPARED", "JOURNALLED", "COMMITTED", "ADOPTED")) {
                server.kill();
                server.launch(point);
                try (Watch watch = server.watch(APP)) {
                    assertThat(server.ssh("config:set", APP, "COLOUR=" + point).exit()).isNotZero();
                    server.awaitEnd();
                    server.launch("");
                    server.awaitSettled();
                    live = POINTS.indexOf(point) >= COMMIT_POINT ? point : live;
                    assertThat(server.dokku("config:get", APP, "COLOUR").strip()).as("stored after %s", point).isEqualTo(live);
                    assertThat(server.web().get(server.domain(APP), "/env").body()).as("what runs after %s", point).contains("COLOUR=" + live);
                    watch.sawOnly("first");
                }
                table.add("%-14s %-16s %s".formatted(point, "COLOUR=" + live, assertWhole(server)));
            }
        } finally {
            print("killed at");
        }
    }

    private static String nextPush(TestServer server, WorkTree tree, String page) throws IOException, InterruptedException {
        tree.commit(Sources.page(page));
        Running.Result next = tree.push();
        assertThat(next.exit()).as("the next push: %s", next.text()).isZero();
        assertThat(server.get(APP)).isEqualTo(new Web.Answer(200, page));
        // an image of an old release that is being removed loses its name first
        await("no layers of builds that were cut off").atMost(Duration.ofSeconds(5)).until(() -> server.engine().unnamed().isEmpty());
        return page;
    }

    /// Only what the journal says is live is there.
    private static String assertWhole(TestServer server) throws IOException, InterruptedException {
        Path app = server.home().resolve("apps").resolve(APP);
        String deployment = lastLive(server, APP);
        await("only the live deployment runs").atMost(Duration.ofSeconds(30)).untilAsserted(() ->
                assertThat(server.engine().containers(server.instance())).hasSize(1).allMatch(each -> each.endsWith(" running " + deployment)));
        try (Stream<Path> files = Files.walk(app)) {
            assertThat(files.map(Path::getFileName).map(Path::toString)).as("half-written files")
                    .noneMatch(name -> name.endsWith(".tmp") || name.endsWith(".new") || name.endsWith(".lock"));
        }
        return "1 container, of " + deployment;
    }

    /// The deployment that the journal of an app says is live.
    static String lastLive(TestServer server, String app) throws IOException {
        String journal = Files.readString(server.home().resolve("apps").resolve(app).resolve("releases.jsonl"));
        Matcher live = LIVE.matcher(journal);
        String last = "";
        while (live.find()) {
            last = live.group(1);
        }
        assertThat(last).as(journal).isNotEmpty();
        return last;
    }

    private void print(String what) {
        System.out.printf("%-14s %-16s %s%n", what, "answered", "state");
        table.forEach(System.out::println);
    }
}
