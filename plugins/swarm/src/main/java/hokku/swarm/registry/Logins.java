package hokku.swarm.registry;

import hokku.api.AppName;
import hokku.api.Json;
import hokku.api.PluginContext;
import hokku.api.UserError;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The logins that were given, for the whole server or for one app: in files that nobody else may read.
///
/// An app's file is in its own folder, so that it is renamed, cloned and destroyed with the app. Safe for use by several threads.
final class Logins {
    private static final String FILE = "registry-logins.json";

    private final PluginContext context;

    Logins(PluginContext context) {
        this.context = context;
    }

    /// The app's own login at a registry, else that of the whole server.
    synchronized Optional<Login> find(AppName app, RegistryServer server) {
        return Optional.ofNullable(read(Optional.of(app)).get(server.host()))
                .or(() -> Optional.ofNullable(read(Optional.empty()).get(server.host())));
    }

    /// @param app whose it is; the whole server's without it
    synchronized void put(Optional<AppName> app, Login login) {
        TreeMap<String, Login> logins = read(app);
        logins.put(login.server().host(), login);
        write(app, logins);
    }

    /// @return whether there was one
    synchronized boolean remove(Optional<AppName> app, RegistryServer server) {
        TreeMap<String, Login> logins = read(app);
        boolean there = logins.remove(server.host()) != null;
        if (there) {
            write(app, logins);
        }
        return there;
    }

    private void write(Optional<AppName> app, Map<String, Login> logins) {
        if (logins.isEmpty()) {
            file(app).delete();
            return;
        }
        Map<String, Object> document = new TreeMap<>();
        logins.forEach((host, login) -> document.put(host, Map.of("username", login.username(), "password", login.password())));
        file(app).write(context.json().write(document));
    }

    private TreeMap<String, Login> read(Optional<AppName> app) {
        PrivateFile file = file(app);
        TreeMap<String, Login> logins = new TreeMap<>();
        file.read().ifPresent(text -> {
            if (!(parsed(context.json(), text) instanceof Map<?, ?> document)) {
                throw unclear(file);
            }
            document.forEach((host, value) -> {
                if (!(value instanceof Map<?, ?> login && login.get("username") instanceof String username
                        && login.get("password") instanceof String password)) {
                    throw unclear(file);
                }
                logins.put(String.valueOf(host), new Login(RegistryServer.of(String.valueOf(host)), username, password));
            });
        });
        return logins;
    }

    /// The parser's message may quote what is a secret.
    private static Object parsed(Json json, String text) {
        try {
            return json.read(text);
        } catch (RuntimeException broken) {
            return "";
        }
    }

    private static UserError unclear(PrivateFile file) {
        return new UserError(file.path() + " is damaged. Remove it, and log in again: registry:login");
    }

    private PrivateFile file(Optional<AppName> app) {
        try {
            Path folder = app.isPresent() ? context.folder(app.get()) : context.folder();
            return new PrivateFile(folder.resolve(FILE));
        } catch (IOException failed) {
            throw new UserError(UserError.FAILED, "The folder for logins at registries cannot be used: " + failed.getMessage(), failed);
        }
    }
}
