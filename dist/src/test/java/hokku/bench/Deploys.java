package hokku.bench;

import static org.awaitility.Awaitility.await;

import hokku.e2e.Sources;
import hokku.e2e.TestServer;
import hokku.e2e.WorkTree;
import java.io.BufferedReader;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/// (a) `git push` of a changed file to the first answer with it, against the same by hand, in turn.
final class Deploys {
    /// What differs from one push to the next in a line that is the same.
    private static final String VARYING = "[0-9a-f]{7,}|:[0-9]+|(?<=release )[0-9]+|web\\.[0-9]+ on \\w+|(?<=Deployed in ).*";
    private static final int WARM_UP = 3;
    private static final double MORE_MILLIS = 1500;
    static final String APP = "tiny";

    private final int runs;
    private final TestServer server;
    private final ByHand byHand;
    private final Stages stages = new Stages();
    private final Stages stagesByHand = new Stages();

    Deploys(int runs, TestServer server, ByHand byHand) {
        this.runs = runs;
        this.server = server;
        this.byHand = byHand;
    }

    void measure(Table table) throws IOException, InterruptedException {
        WorkTree tree = server.repository(APP);
        Times hokku = new Times();
        Times hand = new Times();
        for (int run = -WARM_UP; run < runs; run++) {
            if (run == 0) {
                stages.forget();
                stagesByHand.forget();
            }
            String page = "hokku " + run;
            tree.commit(Sources.page(page));
            stages.begin();
            push(tree, stages);
            ByHand.awaitPage(server.web(), server.domain(APP), page);
            stages.reached("nginx answers with it");
            long deployed = stages.total();
            await("the former container is gone").atMost(Duration.ofSeconds(30))
                    .until(() -> server.engine().containers(server.instance()).size() == 1);

            String other = "by hand " + run;
            byHand.tree().commit(Sources.page(other));
            stagesByHand.begin();
            byHand.deploy(other, stagesByHand);
            long floor = stagesByHand.total();
            byHand.retire();
            if (run >= 0) {
                hokku.add(deployed);
                hand.add(floor);
            }
        }
        double more = hokku.median() - hand.median();
        table.figure("(a) git push to first 200 of a tiny Dockerfile app, redeploy, warm cache", runs, hokku, hand,
                "+ %.0f ms".formatted(MORE_MILLIS), more <= MORE_MILLIS, "%+.0f ms".formatted(more));
        stages.shown().forEach((stage, times) -> table.detail(stage, times.count(), times, ""));
        stagesByHand.shown().forEach((stage, times) -> table.detail(stage, times.count(), "", times));
    }

    /// What the server says on the way is what the stages are.
    static void push(WorkTree tree, Stages stages) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder("git", "push", "dokku", "master").directory(tree.folder().toFile())
                .redirectErrorStream(true);
        builder.environment().putAll(tree.environment());
        StringBuilder said = new StringBuilder();
        Map<String, Integer> seen = new HashMap<>();
        Process process = builder.start();
        try (BufferedReader lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                said.append(line).append('\n');
                String text = line.replaceAll(VARYING, "…").replaceFirst("remote: +", "").strip();
                int times = seen.merge(text, 1, Integer::sum);
                stages.reached("until " + text + (times == 1 ? "" : " (" + times + ")"));
            }
        }
        if (process.waitFor() != 0) {
            throw new AssertionError(said.toString());
        }
        stages.reached("until git push ends");
    }
}
