package hokku.core.deploy;

import hokku.api.App;
import hokku.api.Contributions;
import hokku.api.EnvKey;
import hokku.api.PluginContext;
import hokku.api.ProcessType;
import hokku.api.Setting;
import hokku.api.Setting.Effect;
import hokku.api.Setting.Scope;
import hokku.api.UserError;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/// The settings that the core itself heeds; plugins add theirs with [hokku.api.Contributions#setting].
public final class CoreSettings {
    /// Stands for every process type in [#CHECKS_DISABLED] and [#CHECKS_SKIPPED].
    public static final String ALL_PROCESSES = "_all_";
    /// Stands for the whole repository in [#BUILD_DIR].
    static final String WHOLE_REPOSITORY = ".";

    public static final Setting<String> BUILDER_SELECTED = name("builder", "selected")
            .help("Builder to use instead of the first one that accepts the source");
    public static final Setting<String> BUILD_DIR = Setting.of("builder", "build-dir", CoreSettings::folder, Function.identity())
            .initially(WHOLE_REPOSITORY).help("Folder of the repository that is built, and that Procfile, app.json, CNAME and CHECKS are in");
    public static final Setting<String> SCHEDULER_SELECTED = name("scheduler", "selected").initially("docker-local").effect(Effect.ROLLOUT)
            .help("Scheduler that runs the app's containers; an app that runs moves there without downtime");
    public static final Setting<String> PROXY_TYPE = name("proxy", "type").initially("nginx").effect(Effect.ROUTE)
            .help("Proxy through which the app is reached");
    public static final Setting<Integer> PROXY_PORT = Setting.number("proxy", "proxy-port", 1, 65535).initially(80)
            .effect(Effect.ROUTE).help("Port of the proxy on which an app without port mappings is reached");
    public static final Setting<String> DEPLOY_BRANCH = Setting.of("git", "deploy-branch", CoreSettings::branch, Function.identity())
            .help("Branch that is deployed when it is pushed; without it master or main, whichever comes first");
    public static final Setting<String> REV_ENV_VAR = Setting.of("git", "rev-env-var", text -> EnvKey.of(text).value(),
            Function.identity()).initially("GIT_REV").help("Variable that holds the deployed commit");
    public static final Setting<Boolean> DISABLE_AUTOCREATION = Setting.flag("apps", "disable-autocreation").initially(false)
            .scope(Scope.GLOBAL).help("Whether a push to an app that does not exist is refused instead of creating it");
    public static final Setting<Duration> WAIT_TO_RETIRE = Setting.seconds("checks", "wait-to-retire")
            .initially(Duration.ofSeconds(60)).help("Seconds that the former containers have to finish what they serve");
    public static final Setting<Duration> START_TIMEOUT = Setting.seconds("checks", "start-timeout")
            .initially(Duration.ofSeconds(60)).help("Seconds that a new container has to become healthy");
    public static final Setting<List<String>> CHECKS_DISABLED = processes("disabled")
            .help("Process types whose former containers stop before the new ones start, without checks; _all_ for every one");
    public static final Setting<List<String>> CHECKS_SKIPPED = processes("skipped")
            .help("Process types that are switched over without checks; _all_ for every one");
    public static final Setting<String> RESTART_POLICY = Setting.of("ps", "restart-policy", CoreSettings::restartPolicy,
            Function.identity()).initially("unless-stopped").help("no, always, unless-stopped, on-failure or on-failure:<times>");
    public static final Setting<Duration> STOP_TIMEOUT = Setting.seconds("ps", "stop-timeout-seconds")
            .initially(Duration.ofSeconds(30)).help("Seconds that a container has to stop before it is killed");
    public static final Setting<String> PROCFILE_PATH = path("ps", "procfile-path").initially("Procfile")
            .help("Path of the Procfile in the source");
    public static final Setting<String> LOG_MAX_SIZE = size("logs", "max-size")
            .initially("10m").help("Size that a container's log may reach, in k, m or g");
    public static final Setting<Integer> KEPT_RELEASES = Setting.number("releases", "keep", 1, 100).initially(5)
            .help("Number of releases whose image is kept for a rollback");
    public static final Setting<Integer> BUILDS_RETENTION = Setting.number("builds", "retention", 1, 1000).initially(20)
            .help("Number of builds whose record and output are kept");
    public static final Setting<String> BUILDS_SIZE = size("builds", "max-size").initially("20m")
            .help("Size that the kept outputs of builds may reach together, in k, m or g; also that of a single one");
    public static final Setting<String> APP_JSON_PATH = path("app-json", "appjson-path").initially("app.json")
            .help("Path of app.json in the source");

    public static final Setting<Boolean> EVENTS_RECORDED = Setting.flag("events", "recorded").initially(true).scope(Scope.GLOBAL)
            .help("Whether the server records who did what: events:on and events:off");

    /// Every setting of the core.
    public static final List<Setting<?>> ALL = List.of(BUILDER_SELECTED, BUILD_DIR, SCHEDULER_SELECTED, PROXY_TYPE, PROXY_PORT,
            DEPLOY_BRANCH, REV_ENV_VAR, DISABLE_AUTOCREATION, WAIT_TO_RETIRE, START_TIMEOUT, CHECKS_DISABLED, CHECKS_SKIPPED, RESTART_POLICY,
            STOP_TIMEOUT, PROCFILE_PATH, LOG_MAX_SIZE, KEPT_RELEASES, BUILDS_RETENTION, BUILDS_SIZE, FreeSpace.LEAST,
            APP_JSON_PATH, EVENTS_RECORDED);

    private CoreSettings() {}

    /// Contributes every setting of the core.
    public static void contribute(PluginContext context, Contributions to) {
        ALL.forEach(to::setting);
    }

    /// Whether a setting that lists process types names this one.
    public static boolean names(App app, Setting<List<String>> setting, ProcessType process) {
        return app.value(setting).stream().flatMap(List::stream)
                .anyMatch(word -> word.equals(ALL_PROCESSES) || word.equals(process.value()));
    }

    private static Setting<String> name(String group, String key) {
        return Setting.of(group, key, text -> {
            if (!text.matches("[a-z0-9][a-z0-9_.-]{0,62}")) {
                throw new UserError("Invalid value for " + key + ": use the name of a " + group
                        + ", of lower case letters, digits and hyphens");
            }
            return text;
        }, Function.identity());
    }

    private static Setting<List<String>> processes(String key) {
        return Setting.words("checks", key, word -> word.equals(ALL_PROCESSES) ? word : ProcessType.of(word).value())
                .scope(Scope.APP);
    }

    /// A path that stays inside the source.
    private static Setting<String> path(String group, String key) {
        Setting<String> line = Setting.text(group, key);
        return Setting.of(group, key, text -> {
            String path = line.parse(text);
            if (path.startsWith("/") || path.endsWith("/") || List.of(path.split("/", -1)).contains("..")) {
                throw new UserError("Invalid value for " + key + ": use the path of a file relative to the top of the source");
            }
            return path;
        }, Function.identity());
    }

    /// The same folder in the same words, however it was written.
    private static String folder(String text) {
        List<String> words = Arrays.stream(text.split("/")).filter(word -> !word.isEmpty() && !word.equals(".")).toList();
        if (text.startsWith("/") || words.contains("..") || text.codePoints().anyMatch(Character::isISOControl)) {
            throw new UserError("Invalid value for build-dir: use the path of a folder relative to the top of the repository,"
                    + " for instance services/web, or . for all of it");
        }
        return words.isEmpty() ? WHOLE_REPOSITORY : String.join("/", words);
    }

    private static String branch(String text) {
        if (!text.matches("[A-Za-z0-9_][A-Za-z0-9_./+@#-]{0,254}") || text.contains("..") || text.contains("//") || text.contains("@{")
                || text.endsWith("/") || text.endsWith(".") || text.endsWith(".lock")) {
            throw new UserError("Invalid value for deploy-branch: use the name of a branch, for instance main");
        }
        return text;
    }

    private static String restartPolicy(String text) {
        if (!text.matches("no|always|unless-stopped|on-failure(:[0-9]{1,6})?")) {
            throw new UserError("Invalid restart-policy specified. Use no, always, unless-stopped, on-failure or on-failure:<times>");
        }
        return text;
    }

    private static Setting<String> size(String group, String key) {
        return Setting.of(group, key, CoreSettings::size, Function.identity());
    }

    /// How many bytes a size like `20m` is.
    static long bytes(String size) {
        long number = Long.parseLong(size.substring(0, size.length() - 1));
        return number << switch (size.charAt(size.length() - 1)) {
            case 'k' -> 10;
            case 'm' -> 20;
            default -> 30;
        };
    }

    private static String size(String text) {
        if (!text.matches("(?s).*[kmg]")) {
            throw new UserError("Invalid max-size unit measure, value must end in any of [k, m, g]");
        }
        if (!text.matches("0*[1-9][0-9]{0,8}[kmg]")) {
            throw new UserError("Invalid max-size value, must be a number followed by a unit of measure [k, m, g]");
        }
        return text;
    }
}
