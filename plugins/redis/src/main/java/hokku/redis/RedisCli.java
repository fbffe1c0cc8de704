package hokku.redis;

import hokku.api.Env;
import hokku.api.Service;
import hokku.api.UserError;
import hokku.api.spi.Datastore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Talks to the server of a service through the client in its container.
record RedisCli(Service service, Datastore.Inside inside) {
    /// The client ends with 0 even when the server refuses, so what it prints must be looked at.
    private static final String DONE = "OK";

    static Datastore.Call call(Service service, String... words) {
        List<String> all = new ArrayList<>(List.of("redis-cli"));
        all.addAll(List.of(words));
        return new Datastore.Call(all, login(service));
    }

    static Env login(Service service) {
        return Env.EMPTY.with("REDISCLI_AUTH", service.password());
    }

    /// Sets an option of the running server, which is forgotten when that ends.
    void set(String option, String value) throws InterruptedException {
        String said = inside.text(call(service, "config", "set", option, value)).strip();
        if (!said.equals(DONE)) {
            throw refused(said);
        }
    }

    /// A section of what the server tells of itself.
    Map<String, String> info(String section) throws InterruptedException {
        String said = inside.text(call(service, "info", section));
        if (!said.startsWith("#")) {
            throw refused(said.strip());
        }
        Map<String, String> fields = new TreeMap<>();
        said.lines().filter(line -> line.contains(":")).forEach(line -> fields.put(line.substring(0, line.indexOf(':')),
                line.substring(line.indexOf(':') + 1).strip()));
        return fields;
    }

    private UserError refused(String said) {
        return new UserError("Redis " + service.name() + " does not do what it is asked: " + said + ". See " + service.datastore() + ":logs " + service.name());
    }
}
