package hokku.dockerfile;

import hokku.api.Setting;
import hokku.api.UserError;
import java.util.Arrays;

/// What can be set.
final class BuildSettings {
    static final String AUTO = "auto";
    static final String ON = "on";
    static final String OFF = "off";
    private static final String GROUP = "builder-dockerfile";

    static final Setting<String> PATH = Setting.of(GROUP, "dockerfile-path", BuildSettings::path, path -> path)
            .initially("Dockerfile").help("where the Dockerfile is in the repository");

    static final Setting<String> BUILDKIT = Setting.choice(GROUP, "buildkit", AUTO, ON, OFF)
            .initially(AUTO).help("whether BuildKit builds: auto is yes where the server has docker buildx");

    static final Setting<String> CACHE_SIZE = Setting.of(GROUP, "cache-size", BuildSettings::size, size -> size)
            .initially("10GB").scope(Setting.Scope.GLOBAL).help("how much BuildKit's cache may hold, as 10GB or 500MB; none for no limit");

    static final Setting<Boolean> TRUST = Setting.flag(GROUP, "trust-host-authorities")
            .initially(false).help("whether builds trust the certificate authorities that the host trusts besides the usual ones");

    private BuildSettings() {}

    private static String size(String text) {
        if (!text.matches("none|[1-9][0-9]{0,6}(MB|GB)")) {
            throw new UserError("Invalid value for cache-size. Use a number of MB or GB, for instance 10GB, or none");
        }
        return text;
    }

    private static String path(String text) {
        String path = text.startsWith("./") ? text.substring(2) : text;
        boolean inside = !path.isEmpty() && !path.startsWith("/") && Arrays.stream(path.split("/", -1)).noneMatch(
                word -> word.isEmpty() || word.equals(".") || word.equals(".."));
        if (!inside || path.codePoints().anyMatch(Character::isISOControl)) {
            throw new UserError("Invalid value for dockerfile-path."
                    + " Use a path inside the repository, for instance docker/Dockerfile");
        }
        return path;
    }
}
