package hokku.core.plugin;

import hokku.api.Apps;
import hokku.api.Engine;
import hokku.api.EngineAddress;
import hokku.api.Json;
import hokku.api.spi.Command;
import hokku.api.spi.Datastore;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/// What the plugins' contexts give out, and what the host itself needs of the rest of the server.
///
/// @param others opens the engine at another address
/// @param derived the commands that follow from a datastore, by name
public record Services(Apps apps, Engine engine, Function<EngineAddress, OtherEngines.Opened> others, Json json, Usage usage,
        Function<Datastore, Map<String, Supplier<? extends Command>>> derived) {
    /// Without commands for datastores, and without other engines.
    public Services(Apps apps, Engine engine, Json json, Usage usage) {
        this(apps, engine, address -> {
            throw new UnsupportedOperationException("no other engines");
        }, json, usage, datastore -> Map.of());
    }
}
