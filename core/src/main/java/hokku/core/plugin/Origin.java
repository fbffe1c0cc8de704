package hokku.core.plugin;

import java.util.Locale;

/// Where a plugin comes from. Those named first load first, so that a clash is the fault of what was added.
public enum Origin {
    /// Part of the program.
    BUILT_IN,
    /// A jar that came with the program.
    SHIPPED,
    /// A jar in the home's folder of plugins.
    ADDED;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
