package hokku.swarm;

import hokku.api.Finding;
import hokku.api.spi.Examination;
import java.util.List;

/// Whether the swarm, where there is one, can do its work.
final class SwarmExamination implements Examination {
    private final NodeParts parts;

    SwarmExamination(NodeParts parts) {
        this.parts = parts;
    }

    @Override
    public String name() {
        return "swarm";
    }

    @Override
    public List<Finding> examine() {
        return findings(parts.state());
    }

    static List<Finding> findings(SwarmState state) {
        if (!state.member()) {
            return List.of(Finding.well("the engine is in no swarm"));
        }
        List<Finding> trouble = state.trouble();
        return !trouble.isEmpty() ? trouble : List.of(Finding.well("%d nodes are ready, %d managers answer, %d of %d tasks run".formatted(
                state.machines().size(), state.answeringManagers(), state.running(), state.replicas().size())));
    }
}
