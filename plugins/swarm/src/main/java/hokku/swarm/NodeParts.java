package hokku.swarm;

import hokku.api.Apps;
import hokku.api.Contributions;

/// What the commands about machines work with.
record NodeParts(SwarmEngine engine, Cluster cluster, Nodes nodes, Reachability reachability, Apps apps) {
    void contribute(Contributions to) {
        to.command(() -> new SwarmInit(this));
        to.command(() -> new SwarmJoinCommand(this));
        to.command(() -> new SwarmNodes(this));
        to.command(() -> new SwarmNodeDrain(this));
        to.command(() -> new SwarmNodeActivate(this));
        to.command(() -> new SwarmNodeLabel(this));
        to.command(() -> new SwarmReport(this));
        to.examination(new SwarmExamination(this));
    }

    SwarmState state() {
        return SwarmState.of(engine, cluster, reachability);
    }
}
