package hokku.core.plugin;

import hokku.api.Apps;
import hokku.api.Engine;
import hokku.api.EngineAddress;
import hokku.api.Json;
import hokku.api.spi.Datastore;
import java.util.function.Function;

/// What the plugins' contexts give out, and what the host itself needs of the rest of the server.
///
/// @param others opens the engine at another address
/// @param derived what follows from a datastore
public record Services(Apps apps, Engine engine, Function<EngineAddress, OtherEngines.Opened> others, Json json, Usage usage,
        Function<Datastore, Derivation> derived) {
    /// Without anything that follows from datastores, and without other engines.
    public Services(Apps apps, Engine engine, Json json, Usage usage) {
        this(apps, engine, address -> {
            throw new UnsupportedOperationException("no other engines");
        }, json, usage, datastore -> Derivation.NOTHING);
    }
}
