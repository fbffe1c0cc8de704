package hokku.swarm.registry;

import com.github.dockerjava.api.exception.DockerException;
import hokku.api.Access;
import hokku.api.AppName;
import hokku.api.Engine;
import hokku.api.UserError;
import hokku.api.spi.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Keeps a login, once the registry has accepted it.
@Command(name = "registry:login", description = "Log in to a registry; leave the password out, or write -, and it is read from the input",
        customSynopsis = "dokku registry:login [--password-stdin] (<app>|--global) <server> <username> [<password>]")
final class RegistryLogin implements hokku.api.spi.Command {
    private final Engine engine;
    private final Logins logins;

    @Option(names = "--global", description = "For every app that has no login of its own there")
    private boolean global;

    @Option(names = "--password-stdin", description = "Read the password from the input")
    private boolean fromInput;

    @Parameters(arity = "0..*", paramLabel = "<word>", description = "The app, unless --global is given; the registry, such as ghcr.io; the user; the password")
    private final List<String> words = new ArrayList<>();

    RegistryLogin(Engine engine, Logins logins) {
        this.engine = engine;
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

    /// The registry and the user: never the word that may be the password.
    @Override
    public List<String> audited() {
        return arguments().stream().limit(2).toList();
    }

    @Override
    public void run(Session session) {
        List<String> arguments = arguments();
        RegistryServer server = RegistryServer.of(word(0, "server"));
        String username = word(1, "username");
        if (arguments.size() > 3 || fromInput && arguments.size() > 2) {
            throw UserError.usage("Too many words: quote a password with blanks once more for the remote side, or send it to the input:"
                    + " registry:login --password-stdin");
        }
        String password = fromInput || arguments.size() < 3 || arguments.get(2).equals("-") ? PasswordLine.read(session) : arguments.get(2);
        Login login = new Login(server, username, password);
        check(login);
        logins.put(app(), login);
        session.out().milestone("Logged in to " + server + " as " + username + app().map(app -> " for " + app).orElse(""));
    }

    private void check(Login login) {
        try {
            engine.client().authCmd().withAuthConfig(login.auth()).exec();
        } catch (DockerException refused) {
            throw LoginFailure.of(login, refused);
        }
    }

    private String word(int index, String what) {
        if (arguments().size() <= index || arguments().get(index).isEmpty()) {
            throw new UserError("Missing " + what + " argument");
        }
        return arguments().get(index);
    }

    private List<String> arguments() {
        return global || words.isEmpty() ? words : words.subList(1, words.size());
    }
}
