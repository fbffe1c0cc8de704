package hokku.core.command;

/// Something went wrong that is a plugin's fault.
final class PluginFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final String plugin;

    PluginFailure(String plugin, Throwable cause) {
        super(cause);
        this.plugin = plugin;
    }

    String plugin() {
        return plugin;
    }
}
