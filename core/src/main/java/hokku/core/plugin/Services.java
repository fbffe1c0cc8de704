package hokku.core.plugin;

import hokku.api.Apps;
import hokku.api.Engine;
import hokku.api.Json;

/// What the plugins' contexts give out, and what the host itself needs of the rest of the server.
public record Services(Apps apps, Engine engine, Json json, Usage usage) {}
