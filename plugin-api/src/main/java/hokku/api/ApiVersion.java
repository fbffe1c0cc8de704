package hokku.api;

/// The semantic version of this API, which a plugin's `Plugin-Requires` is checked against.
///
/// The second number grows with every addition, the first one with whatever can break a plugin.
public final class ApiVersion {
    private static final String CURRENT = "1.3.0";

    private ApiVersion() {}

    /// A method and no constant, since a constant would be copied into the plugins that ask.
    public static String current() {
        return CURRENT;
    }
}
