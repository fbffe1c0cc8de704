package hokku.nginx;

import hokku.api.AppId;
import hokku.api.AppName;
import hokku.api.Domain;
import hokku.api.PortMapping;
import hokku.api.Route;
import hokku.api.UserError;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// One app's file for nginx: everything but the addresses of its containers, which are looked up as requests come ([Targets]).
///
/// What the plugin must know of a file can be read back from it, so that the files are the only state.
///
/// @param names the domains that it answers to
/// @param listens the ports that it is reached at
record AppConfig(AppName app, AppId id, String text, Set<String> names, Set<Listen> listens) {
    private static final Pattern HEAD = Pattern.compile("\\A# App (\\S+) with id ([0-9a-f]{16}):");
    private static final Pattern NAMES = Pattern.compile("(?m)^    server_name ([^;]+);$");
    private static final Pattern LISTEN = Pattern.compile("(?m)^    include listen/([^;]+)\\.conf;$");
    private static final Pattern PLACE = Pattern.compile("(?m)^        root live/[^/]+/([^/]+)/");
    private static final Pattern SAFE_NAME = Pattern.compile("(\\*\\.)?[a-z0-9_.-]+");

    /// Whether the route leads anywhere: without a domain or a port for http there is nothing to write.
    static boolean isReachable(Route route) {
        return !route.domains().isEmpty() && !http(route).isEmpty();
    }

    static List<PortMapping> http(Route route) {
        return route.ports().stream().filter(mapping -> mapping.scheme().equals("http")).sorted().toList();
    }

    static AppConfig of(Route route) {
        AppName app = route.app().name();
        Set<String> names = route.domains().stream().map(Domain::value).collect(Collectors.toCollection(LinkedHashSet::new));
        names.forEach(AppConfig::check);
        Set<Integer> ports = new TreeSet<>();
        Set<Listen> listens = new LinkedHashSet<>();
        StringBuilder text = new StringBuilder("# App " + app + " with id " + route.app().id() + ": written by Hokku, changes are lost.\n");
        for (PortMapping mapping : http(route)) {
            if (!ports.add(mapping.hostPort())) {
                throw new UserError("Port " + mapping.hostPort() + " of app " + app + " is mapped twice. Remove one of the mappings"
                        + " with ports:remove");
            }
            Listen listen = NginxSettings.listen(route.app(), mapping.hostPort());
            listens.add(listen);
            text.append(server(route, listen, names, new Targets.Place(app, mapping.containerPort(), Targets.slots(route, mapping))));
        }
        return new AppConfig(app, route.app().id(), text.toString(), Set.copyOf(names), Set.copyOf(listens));
    }

    /// Reads a file that was written by [#of].
    ///
    /// @throws IllegalArgumentException when it was not
    static AppConfig read(AppName app, String text) {
        Matcher head = HEAD.matcher(text);
        if (!head.find() || !head.group(1).equals(app.value())) {
            throw new IllegalArgumentException("not a file of app " + app);
        }
        Set<String> names = new LinkedHashSet<>();
        NAMES.matcher(text).results().forEach(found -> names.addAll(List.of(found.group(1).split(" "))));
        Set<Listen> listens = new LinkedHashSet<>();
        LISTEN.matcher(text).results().forEach(found -> listens.add(Listen.parse(found.group(1))
                .orElseThrow(() -> new IllegalArgumentException("not a port: " + found.group(1)))));
        return new AppConfig(app, AppId.of(head.group(2)), text, Set.copyOf(names), Set.copyOf(listens));
    }

    /// The folders with addresses that the file refers to.
    SortedSet<String> places() {
        return PLACE.matcher(text).results().map(found -> found.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /// Domains are values and checked; this is the last door before they become code.
    private static void check(String name) {
        if (!SAFE_NAME.matcher(name).matches() || name.equals(MainConfig.GENERATION_HOST)) {
            throw new UserError("The domain " + name + " cannot be served");
        }
    }

    /// There is one `proxy_pass` only: until nginx 1.23, each one to a variable address costs a TLS context of its own, a tenth of a
    /// millisecond and some memory, and every reload makes those of all apps anew.
    private static String server(Route route, Listen listen, Set<String> names, Targets.Place place) {
        String settings = NginxSettings.directives(route.app()).stream().map(line -> "    " + line + "\n").collect(Collectors.joining());
        return """
                server {
                    include listen/%1$s.conf;
                    server_name %2$s;
                    access_log logs/%3$s-access.log;
                    error_log logs/%3$s-error.log;
                %4$s    recursive_error_pages on;
                    proxy_http_version 1.1;
                    proxy_next_upstream off;
                    proxy_set_header Host $http_host;
                    proxy_set_header Upgrade $http_upgrade;
                    proxy_set_header Connection $hokku_connection;
                    proxy_set_header X-Forwarded-For "%5$s";
                    proxy_set_header X-Forwarded-Proto "%6$s";
                    proxy_set_header X-Forwarded-Port "%7$s";
                    proxy_set_header X-Real-IP $remote_addr;
                    proxy_set_header X-Request-Start $msec;
                    proxy_set_header X-Request-Id $request_id;
                    location / {
                        set $hokku_again "";
                        error_page 418 = @app;
                        return 418;
                    }
                    location @app {
                        root live/%3$s/%8$s/$hokku_slot%9$d$hokku_again;
                        error_page 502 = @again;
                        error_page 504 = @slow;
                        if ($hokku_target = "") { return 502; }
                        proxy_pass http://$hokku_target;
                    }
                    # Once more to another container, or to the one that has come since; only if not a byte was sent to the first one.
                    location @again {
                        error_page 418 = @app;
                        error_page 502 = @down;
                        if ($hokku_again) { return 502; }
                        if ($upstream_bytes_sent != "0") { return 502; }
                        set $hokku_again -again;
                        return 418;
                    }
                    # The same for one that did not even take the connection in time: its machine may be lost.
                    location @slow {
                        error_page 418 = @app;
                        error_page 504 = @late;
                        if ($hokku_again) { return 504; }
                        if ($upstream_bytes_sent != "0") { return 504; }
                        set $hokku_again -again;
                        return 418;
                    }
                    location @down { default_type text/html; return 502 %10$s; }
                    location @late { default_type text/html; return 504 %11$s; }
                }
                """.formatted(listen.key(), String.join(" ", names), place.app(), settings,
                route.app().value(NginxSettings.FORWARDED_FOR).orElse("$remote_addr"),
                route.app().value(NginxSettings.FORWARDED_PROTO).orElse("$scheme"),
                route.app().value(NginxSettings.FORWARDED_PORT).orElse("$server_port"),
                place.key(), place.slots(), escaped(Pages.DOWN), escaped(Pages.LATE));
    }

    /// A line break inside a quoted string is itself; the files are read back line by line, so it is written as an escape.
    private static String escaped(String page) {
        return page.replace("\n", "\\n");
    }
}
