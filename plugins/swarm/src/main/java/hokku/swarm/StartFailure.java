package hokku.swarm;

/// A task that did not come up: which one, and why in words for its owner.
final class StartFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Replica replica;

    StartFailure(Replica replica, String reason) {
        super(reason);
        this.replica = replica;
    }

    Replica replica() {
        return replica;
    }

    /// The task as the one who deploys knows it: `web.2 on node3`.
    String where() {
        return replica.dyno() + replica.node().map(node -> " on " + node.name()).orElse("");
    }
}
