package hokku.core.deploy;

import hokku.api.App;
import hokku.api.Endpoint;
import hokku.api.Output;
import hokku.api.PortMapping;
import hokku.api.ProcessType;
import hokku.api.Release;
import hokku.api.Route;
import hokku.api.UserError;
import hokku.api.hook.PreRoute;
import hokku.api.spi.Proxy;
import hokku.core.plugin.Registry;
import java.util.List;
import java.util.Optional;

/// How an app is reached from outside.
final class Routing {
    private final Domains domains;

    Routing(Domains domains) {
        this.domains = domains;
    }

    /// Whether the proxy has an entry for the app at all.
    boolean isRouted(App app, Release release) {
        return app.proxied() && release.routed() && release.processes().containsKey(ProcessType.WEB)
                && !domains.of(app, release).isEmpty();
    }

    /// Why the proxy has no entry for the app, and what to do about it.
    String unreachable(App app) {
        Optional<Release> release = app.release();
        if (release.isEmpty()) {
            return "it has not been deployed";
        }
        if (!release.get().processes().containsKey(ProcessType.WEB)) {
            return "it has no web process";
        }
        if (!release.get().routed()) {
            return "its image listens on no tcp port, or asks for it with NO_HTTP_PROXY";
        }
        if (!app.proxied()) {
            return "its proxy is disabled. See proxy:enable " + app.name();
        }
        return app.domainsEnabled() ? "it has no domain. See domains:add " + app.name() + " and domains:reset " + app.name()
                : "its domains are disabled. See domains:enable " + app.name();
    }

    /// Prepares the app's route; without one, what goes live is that there is none.
    Proxy.Change prepare(Registry registry, App app, Release release, List<Endpoint> endpoints, Output out) throws InterruptedException {
        Registry.Contribution<Proxy> proxy = proxy(registry, app);
        if (!isRouted(app, release)) {
            return new Unrouting(proxy.value(), app);
        }
        List<Endpoint> web = endpoints.stream().filter(endpoint -> endpoint.process().equals(ProcessType.WEB)).toList();
        Route route = new Hooks(registry).before(PreRoute.class, Route.of(app, domains.of(app, release), ports(app, release), web), out);
        return Failures.in(proxy.plugin(), "preparing the route", () -> proxy.value().prepare(route, out));
    }

    /// The mappings that were set, else the platform's port to the port that the image listens on.
    static List<PortMapping> ports(App app, Release release) {
        if (!app.ports().isEmpty()) {
            return app.ports();
        }
        return List.of(PortMapping.of("http", app.value(CoreSettings.PROXY_PORT).orElseThrow(), release.port()));
    }

    List<String> urls(App app) {
        return app.release().map(release -> urls(app, release)).orElse(List.of());
    }

    List<String> urls(App app, Release release) {
        if (!isRouted(app, release)) {
            return List.of();
        }
        return ports(app, release).stream().flatMap(port -> domains.of(app, release).stream()
                .map(domain -> port.scheme() + "://" + domain + (port.hostPort() == 80 ? "" : ":" + port.hostPort()))).toList();
    }

    Registry.Contribution<Proxy> proxy(Registry registry, App app) {
        String type = app.value(CoreSettings.PROXY_TYPE).orElseThrow();
        return Optional.ofNullable(registry.proxies().get(type)).orElseThrow(() -> new UserError(
                "The proxy %s of %s is not there. Installed proxies: %s. Choose one with proxy:set %s type <proxy>, or see plugin:list".formatted(
                        type, app.name(), String.join(", ", registry.proxies().keySet()), app.name())));
    }

    private record Unrouting(Proxy proxy, App app) implements Proxy.Change {
        @Override
        public void commit() throws Exception {
            proxy.unroute(app.name());
        }

        @Override
        public void discard() {
            // Nothing was prepared.
        }
    }
}
