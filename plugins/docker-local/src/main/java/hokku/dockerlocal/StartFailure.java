package hokku.dockerlocal;

/// A container that did not come up: which one, and why in words for its owner.
final class StartFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final String container;
    private final String dyno;

    /// @param container the engine's id, empty when there is none
    StartFailure(String container, String dyno, String reason, Throwable cause) {
        super(reason, cause);
        this.container = container;
        this.dyno = dyno;
    }

    StartFailure(String container, String dyno, String reason) {
        this(container, dyno, reason, null);
    }

    String container() {
        return container;
    }

    String dyno() {
        return dyno;
    }
}
