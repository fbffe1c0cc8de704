package hokku.core.plugin;

/// A plugin that cannot be loaded. The message is the reason for the administrator: what is wrong, and what to do.
final class UnsoundPlugin extends Exception {
    private static final long serialVersionUID = 1L;

    UnsoundPlugin(String reason) {
        super(reason);
    }

    UnsoundPlugin(String reason, Throwable cause) {
        super(reason, cause);
    }
}
