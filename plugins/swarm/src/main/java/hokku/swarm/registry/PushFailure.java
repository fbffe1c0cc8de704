package hokku.swarm.registry;

import com.github.dockerjava.api.exception.UnauthorizedException;
import hokku.api.UserError;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Says in plain words what an engine or a registry refused, and what to do next.
final class PushFailure {
    private static final Pattern ANSWER = Pattern.compile("(?s)(?:Status \\d+: )?\\{\\s*\"message\"\\s*:\\s*\"(.*)\"\\s*}\\s*");
    private static final String SILENT = "connection refused|no such host|i/o timeout|no route to host|network is unreachable|connection reset|"
            + "awaiting headers|deadline exceeded|tls handshake timeout|broken pipe|\\beof$|closed network connection|server misbehaving|status:? 50[234]";

    private PushFailure() {}

    /// @param own whether the registry is the one that Hokku runs
    /// @param what was to be done: `Release 3 of hello could not be pushed to ghcr.io/me/hello`
    static UserError of(RegistryServer server, boolean own, String what, String reason) {
        String told = reason.strip();
        String lower = told.toLowerCase(Locale.ROOT);
        if (lower.contains("http response to https client")) {
            return error(what, "the registry speaks http, and engines demand https. Give it a certificate; or let every engine accept it as it is:"
                    + " add \"insecure-registries\": [\"" + server + "\"] to /etc/docker/daemon.json of this machine and of every node, and restart the engines");
        }
        if (has(lower, "unknown authority|self-?signed|self signed")) {
            return error(what, "its certificate is signed by nobody that the engine knows. " + trust(server, own));
        }
        if (has(lower, "x509:|tls: ")) {
            return error(what, "its certificate is not accepted: " + told + ". Give the registry a certificate that is valid, and for the name " + server);
        }
        if (lower.contains("no space left")) {
            return error(what, "there is no space left: " + told + ". Free some on the machine that it names, this one or the registry's: docker system df");
        }
        if (has(lower, "incorrect username or password|unauthorized|no basic auth|authentication required|status:? 401")) {
            return error(what, "the registry refuses the login. Log in: dokku registry:login <app> " + server + " <username>");
        }
        if (has(lower, "denied|insufficient_scope|forbidden|status:? 403")) {
            return error(what, "the registry denies it: " + told + ". Look whether the repository is there and whether the user may push to it:"
                    + " dokku registry:login, dokku registry:set <app> image-repo <repository>");
        }
        if (has(lower, "status:? 500")) {
            return error(what, "the registry failed: " + told + ". Its log says why; mostly it has no space left" + (own ? ", on this machine: docker system df" : ""));
        }
        if (has(lower, SILENT)) {
            return new UserError(UserError.UNAVAILABLE, what + ": the registry " + server + " does not answer (" + told + "). "
                    + (own ? "Look why: dokku registry:report --global, docker logs" : "Look whether its name is right and whether this machine reaches it"));
        }
        return error(what, told);
    }

    private static boolean has(String text, String pattern) {
        return Pattern.compile(pattern).matcher(text).find();
    }

    static UserError of(RegistryServer server, boolean own, String what, RuntimeException refused) {
        // The engine tells of a wrong password in many ways, and of this status in one.
        return of(server, own, what, refused instanceof UnauthorizedException ? "unauthorized: " + reason(refused) : reason(refused));
    }

    private static UserError error(String what, String why) {
        return new UserError(what + ": " + why);
    }

    private static String trust(RegistryServer server, boolean own) {
        return own ? "Run on every node, as root, what this prints: dokku registry:trust-command"
                : "Put the certificate of its authority on this machine and on every node: /etc/docker/certs.d/" + server + "/ca.crt. No restart is needed";
    }

    /// What the engine answered, out of the client's exception.
    static String reason(RuntimeException refused) {
        String message = Optional.ofNullable(refused.getMessage()).orElseGet(refused::toString);
        Matcher answer = ANSWER.matcher(message);
        return (answer.matches() ? answer.group(1).replace("\\\"", "\"").replace("\\n", " ") : message).strip();
    }
}
