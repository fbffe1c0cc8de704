package hokku.core.plugin;

import hokku.api.Setting;
import hokku.api.spi.Command;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// What follows from a datastore.
///
/// @param commands by name
public record Derivation(Map<String, Supplier<? extends Command>> commands, List<Setting<?>> settings) {
    static final Derivation NOTHING = new Derivation(Map.of(), List.of());

    public Derivation {
        commands = Map.copyOf(commands);
        settings = List.copyOf(settings);
    }
}
