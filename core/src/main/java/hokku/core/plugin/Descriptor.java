package hokku.core.plugin;

import java.util.List;

/// What a jar's manifest says of its plugin.
///
/// @param type the name of the class that implements `hokku.api.Plugin`
/// @param requires the range of API versions that it works with
/// @param needs the plugins whose classes it uses
record Descriptor(String id, String version, String type, String requires, String description, List<Need> needs) {
    /// Another plugin that must be there.
    ///
    /// @param versions a range, `*` for any
    record Need(String plugin, String versions, boolean optional) {}
}
