package hokku.swarm;

import hokku.api.spi.Session;
import hokku.swarm.SwarmState.Machine;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// Lists the machines.
@Command(name = "swarm:nodes", description = "List the nodes of the swarm", customSynopsis = "dokku swarm:nodes [--format stdout|json]")
final class SwarmNodes extends NodeCommand {
    private static final List<String> HEADINGS = List.of("NAME", "ADDRESS", "STATUS", "AVAILABILITY", "ROLE", "TASKS", "ENGINE");

    @Mixin
    private final Format format = new Format();

    SwarmNodes(NodeParts parts) {
        super(parts);
    }

    @Override
    public void run(Session session) {
        boolean json = format.isJson();
        // Says what is wrong when they cannot be listed.
        parts().nodes().list();
        SwarmState state = parts().state();
        if (json) {
            session.json(state.machines().stream().map(machine -> fields(machine, state)).toList());
            return;
        }
        table(state).forEach(session::print);
    }

    private static Map<String, Object> fields(Machine machine, SwarmState state) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("name", machine.node().name());
        fields.put("id", machine.node().id());
        fields.put("address", machine.node().address());
        fields.put("status", machine.status());
        fields.put("availability", machine.availability());
        fields.put("role", machine.role());
        fields.put("tasks", state.tasks(machine.node()));
        fields.put("engine", machine.engine());
        fields.put("labels", machine.node().labels());
        return fields;
    }

    static List<String> table(SwarmState state) {
        List<List<String>> rows = new ArrayList<>(List.of(HEADINGS));
        state.machines().forEach(machine -> rows.add(List.of(machine.node().name(), machine.node().address(), machine.status(), machine.availability(),
                machine.role(), String.valueOf(state.tasks(machine.node())), machine.engine())));
        int[] widths = new int[HEADINGS.size()];
        rows.forEach(row -> {
            for (int column = 0; column < widths.length; column++) {
                widths[column] = Math.max(widths[column], row.get(column).length());
            }
        });
        return rows.stream().map(row -> line(row, widths)).toList();
    }

    private static String line(List<String> row, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < widths.length; column++) {
            line.append(row.get(column)).append(" ".repeat(widths[column] - row.get(column).length() + 3));
        }
        return line.toString().stripTrailing();
    }
}
