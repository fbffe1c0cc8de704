package hokku.core.plugin;

import hokku.api.Plugin;

/// What the program itself contributes, by the same road as any plugin.
///
/// @param plugin contributes to every snapshot anew, and is never closed
public record BuiltIn(String id, String version, String description, Plugin plugin) {}
