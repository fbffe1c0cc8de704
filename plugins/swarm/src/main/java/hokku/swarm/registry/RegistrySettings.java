package hokku.swarm.registry;

import hokku.api.App;
import hokku.api.Contributions;
import hokku.api.Setting;
import hokku.api.UserError;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;

/// The settings of the group `registry`.
final class RegistrySettings {
    static final String GROUP = "registry";
    /// Dokku's form of what stands for the app's name.
    private static final Pattern APP = Pattern.compile("\\{\\{\\s*\\.AppName\\s*}}");
    private static final Pattern TAG = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}");

    private static final Pattern IMAGE_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:/@-]{0,254}");
    private static final Pattern HOST = Pattern.compile("(?=.*[A-Za-z])[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*");

    static final Setting<RegistryServer> SERVER = Setting.of(GROUP, "server", RegistryServer::of, RegistryServer::toString)
            .help("Registry that images are pushed to, such as ghcr.io; without it one that Hokku runs itself");
    static final Setting<String> IMAGE_REPO = Setting.of(GROUP, "image-repo", Repository::checked, Function.identity())
            .scope(Setting.Scope.APP).help("Repository of the app's images within the registry; without it what image-repo-template says");
    static final Setting<String> IMAGE_REPO_TEMPLATE = Setting.of(GROUP, "image-repo-template", RegistrySettings::template, Function.identity())
            .initially("hokku/{{ .AppName }}").help("Repository of the images of apps that have none of their own; {{ .AppName }} stands for the app");
    static final Setting<Boolean> PUSH_ON_RELEASE = Setting.flag(GROUP, "push-on-release").initially(false)
            .help("Whether every release is pushed to the registry, whatever runs it");
    static final Setting<List<String>> PUSH_EXTRA_TAGS = Setting.words(GROUP, "push-extra-tags", RegistrySettings::tag)
            .help("Further tags that a pushed release gets, such as latest");

    static final Setting<String> IMAGE = Setting.of(GROUP, "image", RegistrySettings::image, Function.identity()).initially("registry:2")
            .scope(Setting.Scope.GLOBAL).help("Image of Hokku's own registry");
    static final Setting<String> ADDRESS = Setting.of(GROUP, "address", RegistrySettings::address, Function.identity())
            .scope(Setting.Scope.GLOBAL).help("Address or name of this machine by which nodes reach Hokku's own registry; without it what the swarm knows it by");
    static final Setting<Integer> PORT = Setting.number(GROUP, "port", 1, 65535).initially(5000)
            .scope(Setting.Scope.GLOBAL).help("Port of Hokku's own registry");

    private RegistrySettings() {}

    static void contribute(Contributions to) {
        to.setting(SERVER);
        to.setting(IMAGE_REPO);
        to.setting(IMAGE_REPO_TEMPLATE);
        to.setting(PUSH_ON_RELEASE);
        to.setting(PUSH_EXTRA_TAGS);
        to.setting(IMAGE);
        to.setting(ADDRESS);
        to.setting(PORT);
    }

    /// The path of an app's repository within whichever registry.
    static String path(App app) {
        return app.value(IMAGE_REPO).orElseGet(() -> filled(app.value(IMAGE_REPO_TEMPLATE).orElseThrow(), app.name().value()));
    }

    private static String filled(String template, String app) {
        return APP.matcher(template).replaceAll(app);
    }

    private static String template(String text) {
        if (!APP.matcher(text).find()) {
            throw new UserError("The template names no app, so that all would share a repository. Use for instance: hokku/{{ .AppName }}");
        }
        Repository.checked(filled(text, "hello"));
        return text;
    }

    private static String image(String text) {
        if (!IMAGE_NAME.matcher(text).matches()) {
            throw new UserError("Invalid name of an image: \"" + text.replaceAll("\\p{Cntrl}", "?") + "\". Use for instance: registry:2");
        }
        return text;
    }

    private static String address(String text) {
        if (!Authority.isAddress(text) && !HOST.matcher(text).matches()) {
            throw new UserError("Invalid value for address: \"" + text.replaceAll("\\p{Cntrl}", "?")
                    + "\". Use an address of this machine, or a name of it that every node knows, without a port");
        }
        return text;
    }

    private static String tag(String text) {
        // Releases have numbers as tags.
        if (!TAG.matcher(text).matches() || text.matches("[0-9]+")) {
            throw new UserError("Invalid tag: \"" + text.replaceAll("\\p{Cntrl}", "?")
                    + "\". Use letters, digits, underscores, dots and hyphens, and not a number alone");
        }
        return text;
    }
}
