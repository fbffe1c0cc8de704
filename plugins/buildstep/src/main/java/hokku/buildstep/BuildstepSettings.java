package hokku.buildstep;

import hokku.api.EnvKey;
import hokku.api.Setting;
import hokku.api.Setting.Scope;
import hokku.api.UserError;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/// What can be set.
final class BuildstepSettings {
    private static final String GROUP = "builder-buildstep";
    private static final String BUILDPACKS = "buildpacks";

    /// The variable that names one buildpack, stronger than all else.
    static final EnvKey BUILDPACK_URL = EnvKey.of("BUILDPACK_URL");

    /// Set by `buildpacks:add` and its kin, each as it was typed, and therefore not contributed. Looked at where they are set, and again where they are used: what is bundled may change between.
    static final Setting<List<String>> LIST = Setting.<List<String>>of(BUILDPACKS, "list",
            text -> List.of(text.split(" ")), value -> String.join(" ", value)).scope(Scope.APP);

    /// Set by `buildpacks:set-property`.
    static final Setting<String> STACK = Setting.of(BUILDPACKS, "stack", BuildstepSettings::image, Function.identity())
            .initially("debian:bookworm-slim").help("image of Debian's family that apps are built on");

    static final Setting<String> MEMORY = Setting.of(GROUP, "memory", text -> size("memory", text), Function.identity())
            .initially("2g").help("how much memory a build may use, as 512m or 2g");
    static final Setting<String> CPUS = Setting.of(GROUP, "cpus", BuildstepSettings::processors, Function.identity())
            .initially("all").help("how many processors a build may use, as 1.5, or all; apps go before builds in any case");
    static final Setting<Duration> TIMEOUT = Setting.seconds(GROUP, "timeout")
            .initially(Duration.ofMinutes(30)).help("seconds that a build may take");
    static final Setting<String> CACHE_SIZE = Setting.of(GROUP, "cache-size", text -> size("cache-size", text), Function.identity())
            .initially("2g").help("how large the build cache of an app may grow, as 500m or 2g; beyond that it is emptied");
    static final Setting<Integer> AT_ONCE = Setting.number(GROUP, "builds-at-once", 1, 64)
            .initially(2).scope(Scope.GLOBAL).help("how many apps are built at the same time; more wait");
    static final Setting<String> FOLDER = Setting.of(GROUP, "buildpacks-folder", BuildstepSettings::folder, Function.identity())
            .scope(Scope.GLOBAL).help("folder of the server with buildpacks that apps may name by their path");

    private BuildstepSettings() {}

    /// How many bytes a size like `20m` is.
    static long bytes(String size) {
        long number = Long.parseLong(size.substring(0, size.length() - 1));
        return size.endsWith("m") ? number << 20 : number << 30;
    }

    private static String size(String key, String text) {
        if (!text.matches("[1-9][0-9]{0,6}[mg]") || bytes(text) < 64 << 20) {
            throw new UserError("Invalid value for " + key + ". Use at least 64m, in m or g, for instance 2g");
        }
        return text;
    }

    private static String processors(String text) {
        if (!text.equals("all") && !(text.matches("[0-9]{1,3}(\\.[0-9]{1,2})?") && Double.parseDouble(text) >= 0.1)) {
            throw new UserError("Invalid value for cpus. Use a number from 0.1, for instance 1.5, or all");
        }
        return text;
    }

    private static String image(String text) {
        if (!text.matches("[a-z0-9][A-Za-z0-9._/:@-]{0,254}")) {
            throw new UserError("Invalid value for stack. Use the name of an image, for instance debian:trixie-slim");
        }
        return text;
    }

    private static String folder(String text) {
        if (!text.startsWith("/") || text.length() < 2 || List.of(text.split("/")).contains("..") || text.contains(":")
                || text.codePoints().anyMatch(Character::isISOControl)) {
            throw new UserError("Invalid value for buildpacks-folder. Use the absolute path of a folder of the server");
        }
        return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    }
}
