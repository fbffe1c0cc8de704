package hokku.api;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// One container of an app, as its scheduler sees it.
///
/// @param container what its scheduler knows it by: an engine's id of it, or a name such as `hello-web-12.1`
/// @param node the machine that it is on; empty on the server's own
/// @param deploy the deployment that it belongs to
/// @param endpoints where it answers, empty unless it runs
public record Instance(AppId app, ProcessSpec.Kind kind, ProcessType process, int index, String container, String node, String deploy,
        int release, State state, Optional<Instant> started, OptionalInt exitCode, List<Endpoint> endpoints) {
    /// What the engine says about it.
    public enum State {
        CREATED, RUNNING, RESTARTING, PAUSED, EXITED,
        /// It should be there and is not: its machine is lost, or none has place for it.
        MISSING;

        @Override
        public String toString() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    public Instance {
        endpoints = List.copyOf(endpoints);
    }

    /// Its name among the app's containers: `web.1`.
    public String dyno() {
        return process + "." + index;
    }
}
