package hokku.core.command;

import hokku.api.Instance;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What reports say of a container.
final class InstanceText {
    /// As much as Dokku shows of an engine's id. A name stays whole: its end is what tells it from others.
    private static final int ID_LENGTH = 11;

    private InstanceText() {}

    /// `running (CID: 0123456789a)`, and where it is if that is not the server's own machine: `running (CID: hello-web-12.1, node2)`.
    static String status(Instance instance) {
        String container = instance.container().matches("[0-9a-f]{64}") ? instance.container().substring(0, ID_LENGTH) : instance.container();
        String where = Stream.of(container.isEmpty() ? "" : "CID: " + container, instance.node()).filter(text -> !text.isEmpty())
                .collect(Collectors.joining(", "));
        return instance.state() + (where.isEmpty() ? "" : " (" + where + ")");
    }
}
