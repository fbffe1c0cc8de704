package hokku.swarm;

import com.github.dockerjava.api.model.ClusterInfo;
import hokku.api.spi.Session;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// How the swarm is.
@Command(name = "swarm:report", description = "Show how the swarm is, and what is wrong with it",
        customSynopsis = "dokku swarm:report [--format stdout|json]")
final class SwarmReport extends NodeCommand {
    private static final int LABEL_WIDTH = 31;

    @Mixin
    private final Format format = new Format();

    SwarmReport(NodeParts parts) {
        super(parts);
    }

    @Override
    public void run(Session session) {
        boolean json = format.isJson();
        SwarmState state = parts().state();
        Map<String, Object> fields = fields(state, since());
        List<String> trouble = state.trouble().stream().map(finding -> finding.text() + ". " + finding.remedy()).toList();
        if (json) {
            fields.put("trouble", trouble);
            session.json(fields);
            return;
        }
        session.out().milestone("Swarm information");
        fields.forEach((key, value) -> session.print("       " + label(key) + value));
        trouble.forEach(session.out()::warn);
    }

    private Optional<Instant> since() {
        return Optional.ofNullable(parts().engine().info().getClusterInfo()).map(ClusterInfo::getCreatedAt).map(java.util.Date::toInstant);
    }

    static Map<String, Object> fields(SwarmState state, Optional<Instant> since) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("swarm", !state.member() ? "none" : !state.control() ? "no manager" : state.answers() ? "active" : "no answer");
        since.ifPresent(instant -> fields.put("since", instant.toString()));
        if (state.answers()) {
            fields.put("nodes", state.machines().size());
            fields.put("nodes-ready", state.machines().stream().filter(machine -> machine.status().equals("ready")).count());
            fields.put("managers", state.managers());
            fields.put("managers-that-answer", state.answeringManagers());
            fields.put("managers-that-may-fail", state.mayFail());
            fields.put("services", state.replicas().stream().map(replica -> replica.service().id()).distinct().count());
            fields.put("tasks", state.replicas().size());
            fields.put("tasks-running", state.running());
        }
        return fields;
    }

    private static String label(String key) {
        String label = Character.toUpperCase(key.charAt(0)) + key.substring(1).replace('-', ' ') + ":";
        return label + " ".repeat(Math.max(1, LABEL_WIDTH - label.length()));
    }
}
