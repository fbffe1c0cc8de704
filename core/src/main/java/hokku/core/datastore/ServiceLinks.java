package hokku.core.datastore;

import hokku.api.App;
import hokku.api.AppName;
import hokku.api.Apps;
import hokku.api.EnvKey;
import hokku.api.Link;
import hokku.api.Output;
import hokku.api.Service;
import hokku.api.UserError;
import hokku.api.spi.Datastore;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// What apps get of services: a variable with the address, and a network on which it is reached.
public final class ServiceLinks {
    private static final List<String> COLORS = List.of("AQUA", "BLACK", "BLUE", "FUCHSIA", "GRAY", "GREEN", "LIME", "MAROON", "NAVY", "OLIVE",
            "PURPLE", "RED", "SILVER", "TEAL", "WHITE", "YELLOW");
    private static final String SUFFIX = "_URL";

    private final Apps apps;
    private final ServiceContainers containers;
    private final ServiceNetworks networks;

    ServiceLinks(Apps apps, ServiceContainers containers, ServiceNetworks networks) {
        this.apps = apps;
        this.containers = containers;
        this.networks = networks;
    }

    /// The apps that are linked to a service.
    public List<App> linked(Service service) {
        return apps.list().stream().map(apps::find).flatMap(Optional::stream).filter(app -> find(app, service).isPresent()).toList();
    }

    public static Optional<Link> find(App app, Service service) {
        return app.links().stream().filter(link -> link.service().equals(service.id())).findFirst();
    }

    /// Links an app to a service.
    ///
    /// @param alias what its variable begins with; empty for the usual name
    /// @return the name of the variable
    public EnvKey link(Datastore datastore, Service service, AppName name, Optional<String> alias, String query, Apps.Restart restart, Output out)
            throws InterruptedException {
        App app = apps.get(name);
        find(app, service).ifPresent(link -> {
            throw new UserError("Already linked as " + link.variable());
        });
        if (service.stopped() || !"running".equals(containers.state(service))) {
            throw new UserError("Service " + service.name() + " does not run. Start it first: " + service.datastore() + ":start " + service.name());
        }
        networks.reach(app, service);
        try {
            App after = apps.change(name, before -> before.withLinks(with(before, link(datastore, service, before, alias, query))), restart, out);
            return find(after, service).orElseThrow().variable();
        } catch (InterruptedException | RuntimeException failed) {
            networks.part(app, service);
            throw failed;
        }
    }

    private static List<Link> with(App app, Link link) {
        List<Link> links = new ArrayList<>(app.links());
        links.removeIf(each -> each.service().equals(link.service()));
        links.add(link);
        return links;
    }

    private static Link link(Datastore datastore, Service service, App app, Optional<String> alias, String query) {
        EnvKey variable = alias.map(each -> EnvKey.of(each.toUpperCase(Locale.ROOT) + SUFFIX)).orElseGet(() -> free(datastore, app));
        if (app.runtimeEnv().get(variable).isPresent()) {
            throw new UserError("The variable " + variable + " is set already. Choose another alias, or remove it: config:unset " + app.name() + " " + variable);
        }
        return new Link(service.datastore(), service.id(), variable, query, address(datastore, service, query));
    }

    /// The usual variable, or one that is named after the first color that is free.
    private static EnvKey free(Datastore datastore, App app) {
        Set<EnvKey> taken = app.runtimeEnv().keys();
        String prefix = "DOKKU_" + datastore.name().toUpperCase(Locale.ROOT).replace('-', '_') + "_";
        return Stream.concat(Stream.of(datastore.variable()), COLORS.stream().map(color -> prefix + color + SUFFIX)).map(EnvKey::of)
                .filter(each -> !taken.contains(each)).findFirst()
                .orElseThrow(() -> new UserError("No name is left for the variable of another " + datastore.name() + " service. Give one with --alias"));
    }

    static String address(Datastore datastore, Service service, String query) {
        String address = datastore.address(service, service.host(), datastore.ports().getFirst());
        return query.isEmpty() ? address : address + "?" + query;
    }

    /// Takes back what a link did.
    public void unlink(Service service, AppName name, Apps.Restart restart, Output out) throws InterruptedException {
        App app = apps.get(name);
        if (find(app, service).isEmpty()) {
            throw new UserError("Not linked to app " + name);
        }
        apps.change(name, before -> before.withLinks(before.links().stream().filter(each -> !each.service().equals(service.id())).toList()), restart, out);
        networks.part(app, service);
    }

    /// Gives a service the usual variable; what had it gets another one.
    public void promote(Datastore datastore, Service service, AppName name, Output out) throws InterruptedException {
        Link link = find(apps.get(name), service).orElseThrow(() -> new UserError("Not linked to app " + name));
        EnvKey usual = EnvKey.of(datastore.variable());
        if (link.variable().equals(usual)) {
            throw new UserError("Service " + service.name() + " already promoted as " + usual);
        }
        apps.change(name, before -> {
            if (before.env().get(usual).isPresent()) {
                throw new UserError("The variable " + usual + " was set by config:set, which is stronger than any link. Remove it first: config:unset "
                        + name + " " + usual);
            }
            EnvKey other = free(datastore, before);
            return before.withLinks(before.links().stream().map(each -> each.service().equals(service.id()) ? each.withVariable(usual)
                    : each.variable().equals(usual) ? each.withVariable(other) : each).toList());
        }, Apps.Restart.IF_NEEDED, out);
    }

    /// Brings changed addresses to the apps, each with a rollout.
    void refresh(Datastore datastore, Service service, Output out) throws InterruptedException {
        for (App app : linked(service)) {
            apps.change(app.name(), before -> before.withLinks(before.links().stream().map(each -> each.service().equals(service.id())
                    ? each.withAddress(address(datastore, service, each.query())) : each).toList()), Apps.Restart.IF_NEEDED, out);
        }
    }

    /// Lets every linked app reach the service's container, which may be a new one.
    void reachAll(Service service) throws InterruptedException {
        for (App app : linked(service)) {
            networks.reach(app, service);
        }
    }
}
