package hokku.swarm.registry;

import hokku.api.Access;
import hokku.api.AppName;
import hokku.api.UserError;
import hokku.api.spi.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Forgets a login.
@Command(name = "registry:logout", description = "Forget the login at a registry",
        customSynopsis = "dokku registry:logout (<app>|--global) <server>")
final class RegistryLogout implements hokku.api.spi.Command {
    private final Logins logins;

    @Option(names = "--global", description = "The one for every app that has none of its own there")
    private boolean global;

    @Parameters(arity = "0..*", paramLabel = "<word>", description = "The app, unless --global is given; the registry")
    private final List<String> words = new ArrayList<>();

    RegistryLogout(Logins logins) {
        this.logins = logins;
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
        return arguments();
    }

    @Override
    public void run(Session session) {
        if (arguments().isEmpty() || arguments().getFirst().isEmpty()) {
            throw new UserError("Missing server argument");
        }
        if (arguments().size() > 1) {
            throw UserError.usage("Too many words: name one registry");
        }
        RegistryServer server = RegistryServer.of(arguments().getFirst());
        if (!logins.remove(app(), server)) {
            throw new UserError("There is no login at " + server + app().map(app -> " for " + app).orElse(" for every app"));
        }
        session.out().milestone("Logged out of " + server + app().map(app -> " for " + app).orElse(""));
    }

    private List<String> arguments() {
        return global || words.isEmpty() ? words : words.subList(1, words.size());
    }
}
