package hokku.core.command;

import hokku.api.Access;
import hokku.api.App;
import hokku.api.AppName;
import hokku.api.Apps;
import hokku.api.Apps.Restart;
import hokku.api.Global;
import hokku.api.Setting;
import hokku.api.UserError;
import hokku.api.spi.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `<group>:set` or `<group>:set-property`: sets or unsets one of the group's settings, of an app or of the whole server.
@Command(description = "Set a property, or unset it by giving no value")
final class SetCommand implements hokku.api.spi.Command {
    private static final String UNCHANGED = "Nothing has changed";
    private static final String ONLY_GLOBALLY = "Property can only be specified globally";

    private final String name;
    private final SortedMap<String, Setting<?>> settings;
    private final Apps apps;

    @Option(names = "--global", description = "Set it for the whole server")
    private boolean global;

    @Parameters(arity = "0..*", paramLabel = "<word>", description = "The app, unless --global is given; the property; its value")
    private final List<String> words = new ArrayList<>();

    /// @param name what it goes by
    /// @param settings the group's, by key
    SetCommand(String name, SortedMap<String, Setting<?>> settings, Apps apps) {
        this.name = name;
        this.settings = settings;
        this.apps = apps;
    }

    @Spec
    void spec(CommandSpec spec) {
        spec.name(name);
        spec.usageMessage().customSynopsis(synopsis());
        // A value may begin with a hyphen, and is never the name of a file to read words from.
        spec.parser().unmatchedOptionsArePositionalParams(true).expandAtFiles(false);
        List<String> help = new ArrayList<>(List.of("%nProperties:"));
        settings.values().forEach(setting -> help.add("  " + literal(setting.key() + ": " + setting.help() + initial(setting))));
        spec.usageMessage().footer(help.toArray(String[]::new));
    }

    @Override
    public Access access() {
        return global ? Access.ADMIN : Access.DEPLOY;
    }

    @Override
    public Optional<AppName> app() {
        if (global) {
            return Optional.empty();
        }
        if (all(Setting.Scope.GLOBAL)) {
            // The first word may be anything here, such as a service: to say that there is no such app would lead astray.
            throw new UserError(ONLY_GLOBALLY + ": " + synopsis());
        }
        return Optional.of(AppName.of(words.isEmpty() ? "" : words.getFirst()));
    }

    @Override
    public List<String> audited() {
        return arguments().stream().limit(1).toList();
    }

    @Override
    public void run(Session session) throws InterruptedException {
        if (arguments().isEmpty()) {
            throw UserError.usage("No property specified. Valid properties include: " + keys());
        }
        Setting<?> setting = setting(arguments().getFirst());
        String text = checked(setting, arguments().subList(1, arguments().size()));
        session.out().milestone(text.isEmpty() ? "Unsetting " + setting.key()
                : "Setting " + setting.key() + " to " + (setting.isSecret() ? ReportFields.MASK : text));
        if (global) {
            changeGlobal(setting, text, session);
        } else {
            changeApp(setting, text, session);
        }
    }

    private void changeApp(Setting<?> setting, String text, Session session) throws InterruptedException {
        App now = apps.get(AppName.of(words.getFirst()));
        if (now.withSetting(setting, text).equals(now)) {
            session.out().detail(UNCHANGED);
            return;
        }
        apps.change(now.name(), app -> app.withSetting(setting, text), restart(setting), session.out());
        if (setting.effect() == Setting.Effect.NEXT_DEPLOY && now.release().isPresent()) {
            session.out().detail("The next deploy of " + now.name() + " heeds it");
        }
    }

    private void changeGlobal(Setting<?> setting, String text, Session session) throws InterruptedException {
        Global now = apps.global();
        if (now.withSetting(setting, text).equals(now)) {
            session.out().detail(UNCHANGED);
            return;
        }
        apps.changeGlobal(changed -> changed.withSetting(setting, text), restart(setting), session.out());
        if (setting.effect() == Setting.Effect.NEXT_DEPLOY && setting.scope() != Setting.Scope.GLOBAL) {
            session.out().detail("The next deploy of each app heeds it");
        }
    }

    private static Restart restart(Setting<?> setting) {
        return setting.effect() == Setting.Effect.NEXT_DEPLOY ? Restart.NEVER : Restart.IF_NEEDED;
    }

    /// The words as one value, of which the setting says that it is one; empty where there are none.
    private static String checked(Setting<?> setting, List<String> value) {
        // Several words are one value: the quotes around it may have been for the caller's shell only.
        String text = String.join(" ", value);
        if (value.size() > 1 && !setting.isSecret() && !isValue(setting, text) && isValue(setting, value.getFirst())) {
            throw UserError.usage("Unexpected argument(s): " + value.subList(1, value.size()));
        }
        if (!text.isEmpty()) {
            setting.parse(text);
        }
        return text;
    }

    private static boolean isValue(Setting<?> setting, String text) {
        try {
            setting.parse(text);
            return true;
        } catch (UserError refused) {
            return false;
        }
    }

    private Setting<?> setting(String key) {
        Setting<?> setting = Optional.<Setting<?>>ofNullable(settings.get(key))
                .orElseThrow(() -> new UserError("Invalid property specified, valid properties include: " + keys()));
        if (global && setting.scope() == Setting.Scope.APP) {
            throw new UserError("Property cannot be specified globally");
        }
        if (!global && setting.scope() == Setting.Scope.GLOBAL) {
            throw new UserError(ONLY_GLOBALLY);
        }
        return setting;
    }

    /// How it is called, by what its settings are of.
    private String synopsis() {
        String target = all(Setting.Scope.GLOBAL) ? "--global" : all(Setting.Scope.APP) ? "<app>" : "(<app>|--global)";
        return "dokku " + name + " " + target + " <property> [<value>]";
    }

    private boolean all(Setting.Scope scope) {
        return settings.values().stream().allMatch(setting -> setting.scope() == scope);
    }

    private List<String> arguments() {
        return global || words.isEmpty() ? words : words.subList(1, words.size());
    }

    private String keys() {
        return String.join(", ", settings.keySet());
    }

    private static <T> String initial(Setting<T> setting) {
        return setting.initial().map(value -> " (initially " + setting.print(value) + ")").orElse("");
    }

    /// Help texts are format strings with markup to picocli; a plugin's words are neither.
    private static String literal(String text) {
        return text.replace("%", "%%").replace("@|", "@ |");
    }
}
