package hokku.bench;

import hokku.e2e.Sources;
import hokku.e2e.TestServer;
import java.io.IOException;

/// (k) `git push` of a changed file to the first answer with it, with three containers on three nodes of a swarm, against docker alone, in turn.
final class Services {
    private static final int WARM_UP = 2;
    private static final double MORE_MILLIS = 1500;

    private final int runs;
    private final Cluster cluster;
    private final Stages stages = new Stages();
    private final Stages stagesByHand = new Stages();

    Services(int runs, Cluster cluster) {
        this.runs = runs;
        this.cluster = cluster;
    }

    void measure(Table table) throws IOException, InterruptedException {
        Times hokku = new Times();
        Times hand = new Times();
        for (int run = -WARM_UP; run < runs; run++) {
            if (run == 0) {
                stages.forget();
                stagesByHand.forget();
            }
            deploy("hokku " + run);
            cluster.byHand().deploy("by hand " + run, Cluster.NODES, stagesByHand);
            cluster.byHand().retire();
            if (run >= 0) {
                hokku.add(stages.total());
                hand.add(stagesByHand.total());
            }
        }
        double more = hokku.median() - hand.median();
        table.figure("(k) git push to first 200 with web=%1$d on %1$d nodes of a swarm; by hand: until all tasks answer".formatted(Cluster.NODES), runs,
                hokku, hand, "+ %.0f ms".formatted(MORE_MILLIS), more <= MORE_MILLIS, "%+.0f ms".formatted(more));
        stages.shown().forEach((stage, times) -> table.detail(stage, times.count(), times, ""));
        stagesByHand.shown().forEach((stage, times) -> table.detail(stage, times.count(), "", times));
    }

    private void deploy(String page) throws IOException, InterruptedException {
        TestServer server = cluster.server();
        cluster.tree().commit(Sources.page(page));
        stages.begin();
        Deploys.push(cluster.tree(), stages);
        ByHand.awaitPage(server.web(), server.domain(Cluster.APP), page);
        stages.reached("nginx answers with it");
        cluster.awaitContainers("hokku.app=" + Cluster.APP, Cluster.NODES);
    }
}
