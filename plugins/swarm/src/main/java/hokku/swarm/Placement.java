package hokku.swarm;

import com.github.dockerjava.api.model.Service;
import com.github.dockerjava.api.model.ServicePlacement;
import com.github.dockerjava.api.model.ServiceSpec;
import hokku.api.App;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Where the swarm may put tasks: the client library knows constraints, but not over what tasks are spread.
final class Placement extends ServicePlacement {
    private static final long serialVersionUID = 1L;

    private final transient List<Map<String, Map<String, String>>> preferences;

    private Placement(List<Map<String, Map<String, String>>> preferences) {
        this.preferences = preferences;
    }

    static ServicePlacement of(App app) {
        List<String> spread = app.value(SwarmSettings.SPREAD).orElse(List.of());
        return new Placement(preferences(spread)).withConstraints(app.value(SwarmSettings.CONSTRAINTS).orElse(List.of()));
    }

    /// What a service was made with. Without its preferences it would be another one, and the swarm would replace its tasks.
    static ServiceSpec complete(Service service) {
        ServiceSpec spec = service.getSpec();
        ServicePlacement known = spec.getTaskTemplate().getPlacement();
        List<String> spread = new ArrayList<>();
        if (service.getRawValues().get("Spec") instanceof Map<?, ?> raw && raw.get("TaskTemplate") instanceof Map<?, ?> task
                && task.get("Placement") instanceof Map<?, ?> placement && placement.get("Preferences") instanceof List<?> preferences) {
            for (Object preference : preferences) {
                if (preference instanceof Map<?, ?> one && one.get("Spread") instanceof Map<?, ?> over) {
                    spread.add(String.valueOf(over.get("SpreadDescriptor")));
                }
            }
        }
        if (!spread.isEmpty()) {
            spec.getTaskTemplate().withPlacement(new Placement(preferences(spread)).withConstraints(known.getConstraints()));
        }
        return spec;
    }

    private static List<Map<String, Map<String, String>>> preferences(List<String> spread) {
        return spread.stream().map(over -> Map.of("Spread", Map.of("SpreadDescriptor", over))).toList();
    }

    /// Read by the client library, as everything else of the specification; the engine heeds no case in names.
    public List<Map<String, Map<String, String>>> getPreferences() {
        return preferences;
    }
}
