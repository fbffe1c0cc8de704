package hokku.core.plugin;

import java.util.Locale;

/// What can be said of a plugin.
///
/// @param id the file's name without its end where the jar does not tell
/// @param reason why it is broken; empty otherwise
/// @param file the name of its jar; empty for what is built in
public record PluginInfo(String id, String version, State state, String reason, String description, Origin origin, String file) {
    /// Whether a plugin takes part.
    public enum State {
        ENABLED,
        DISABLED,
        /// It could not be loaded; the reason tells why.
        BROKEN;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// What to call it in a message: a jar that may not tell its id is called by its file.
    String label() {
        return file.isEmpty() || file.equals(id + ".jar") ? id : id + " (" + file + ")";
    }
}
