package hokku.api;

import java.util.List;

/// How the outside reaches an app: immutable, complete, and independent of what was routed before.
///
/// @param domains the names that it answers to
/// @param ports which port of the proxy leads to which port of the containers
/// @param endpoints where the containers answer; empty while the app is stopped or down
public record Route(App app, List<Domain> domains, List<PortMapping> ports, List<Endpoint> endpoints) {
    public Route {
        domains = List.copyOf(domains);
        ports = List.copyOf(ports);
        endpoints = List.copyOf(endpoints);
    }

    public static Route of(App app, List<Domain> domains, List<PortMapping> ports, List<Endpoint> endpoints) {
        return new Route(app, domains, ports, endpoints);
    }

    public Route withDomains(List<Domain> changed) {
        return new Route(app, changed, ports, endpoints);
    }

    public Route withPorts(List<PortMapping> changed) {
        return new Route(app, domains, changed, endpoints);
    }

    public Route withEndpoints(List<Endpoint> changed) {
        return new Route(app, domains, ports, changed);
    }

    @Override
    public String toString() {
        return "Route[" + app.name() + " " + domains + "]";
    }
}
