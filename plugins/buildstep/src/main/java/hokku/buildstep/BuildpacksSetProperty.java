package hokku.buildstep;

import hokku.api.Access;
import hokku.api.AppName;
import hokku.api.Apps;
import hokku.api.Apps.Restart;
import hokku.api.Setting;
import hokku.api.UserError;
import hokku.api.spi.Command;
import hokku.api.spi.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Sets how apps are built, as other nouns do with `:set`, which names buildpacks here.
@picocli.CommandLine.Command(name = "buildpacks:set-property", description = "Set a property, or unset it by giving no value",
        customSynopsis = "dokku buildpacks:set-property (<app>|--global) <property> [<value>]",
        footer = {"%nProperties:", "  stack: image of Debian's family that apps are built on (initially debian:bookworm-slim)"})
final class BuildpacksSetProperty implements Command {
    private static final Setting<String> STACK = BuildstepSettings.STACK;

    private final Apps apps;

    @Option(names = "--global", description = "Set it for the whole server")
    private boolean global;

    @Parameters(arity = "0..*", paramLabel = "<word>", description = "The app, unless --global is given; the property; its value")
    private final List<String> words = new ArrayList<>();

    BuildpacksSetProperty(Apps apps) {
        this.apps = apps;
    }

    @Override
    public Access access() {
        return global ? Access.ADMIN : Access.DEPLOY;
    }

    @Override
    public Optional<AppName> app() {
        return global ? Optional.empty() : Optional.of(AppName.of(words.isEmpty() ? "" : words.getFirst()));
    }

    @Override
    public List<String> audited() {
        return arguments().stream().limit(1).toList();
    }

    @Override
    public void run(Session session) throws InterruptedException {
        List<String> arguments = arguments();
        if (arguments.isEmpty()) {
            throw UserError.usage("No property specified. Valid properties include: " + STACK.key());
        }
        if (!arguments.getFirst().equals(STACK.key())) {
            throw new UserError("Invalid property specified, valid properties include: " + STACK.key());
        }
        if (arguments.size() > 2) {
            throw UserError.usage("Unexpected argument(s): " + arguments.subList(2, arguments.size()));
        }
        String value = arguments.size() == 2 ? arguments.getLast() : "";
        if (!value.isEmpty()) {
            STACK.parse(value);
        }
        session.out().milestone(value.isEmpty() ? "Unsetting " + STACK.key() : "Setting " + STACK.key() + " to " + value);
        change(value, session);
    }

    private void change(String value, Session session) throws InterruptedException {
        Optional<AppName> app = app();
        String before = app.map(name -> apps.get(name).settings()).orElseGet(() -> apps.global().settings()).getOrDefault(STACK.name(), "");
        if (before.equals(value)) {
            session.out().detail("Nothing has changed");
        } else if (app.isPresent()) {
            apps.change(app.get(), now -> now.withSetting(STACK, value), Restart.NEVER, session.out());
            session.out().detail("The next deploy of " + app.get() + " heeds it");
        } else {
            apps.changeGlobal(now -> now.withSetting(STACK, value), Restart.NEVER, session.out());
            session.out().detail("The next deploy of each app heeds it");
        }
    }

    private List<String> arguments() {
        return global || words.isEmpty() ? words : words.subList(1, words.size());
    }
}
