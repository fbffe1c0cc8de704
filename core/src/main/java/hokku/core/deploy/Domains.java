package hokku.core.deploy;

import hokku.api.App;
import hokku.api.AppName;
import hokku.api.Domain;
import hokku.api.Global;
import hokku.api.Release;
import hokku.api.UserError;
import hokku.core.state.Catalogue;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Which names an app answers to; a name belongs to one app.
final class Domains {
    /// Names that an app is about to have; they are other apps' no more until this is closed.
    interface Claim extends AutoCloseable {
        @Override
        void close();
    }

    private record Claimed(App by, Set<Domain> names) {}

    private final Catalogue catalogue;
    private final String address;
    /// What is claimed and not stored yet: a rollout may take long. Guarded by itself.
    private final List<Claimed> claims = new ArrayList<>();

    /// @param address where the server is reached from outside; names follow from it until the platform has a domain of its own
    Domains(Catalogue catalogue, String address) {
        this.catalogue = catalogue;
        this.address = address;
    }

    /// The app's own domains, those that follow from the platform's, and those of the `CNAME` file of the live release.
    List<Domain> of(App app) {
        return of(app, app.release().stream().toList());
    }

    List<Domain> of(App app, Release release) {
        return of(app, List.of(release));
    }

    private List<Domain> of(App app, List<Release> releases) {
        if (!app.domainsEnabled()) {
            return List.of();
        }
        Set<Domain> found = new LinkedHashSet<>();
        if (!app.ownDomains()) {
            found.addAll(derived(app));
        }
        found.addAll(app.domains());
        releases.forEach(release -> found.addAll(named(release)));
        return List.copyOf(found);
    }

    /// The own domains that an app has under another name: those that once followed from its name follow from the new one.
    List<Domain> renamed(App app, AppName to) {
        List<Domain> former = derived(app);
        Set<Domain> found = new LinkedHashSet<>();
        app.domains().forEach(domain -> found.addAll(former.contains(domain) ? derived(app.withName(to)) : List.of(domain)));
        return List.copyOf(found);
    }

    private List<Domain> derived(App app) {
        String name = app.name().value();
        if (name.contains(".")) {
            return List.of(Domain.of(name));
        }
        List<Domain> platform = app.global().domains();
        if (platform.isEmpty()) {
            return List.of(Domain.of(name + "." + address.replace(':', '-') + ".sslip.io"));
        }
        return platform.stream().map(domain -> Domain.of(name + "." + domain)).toList();
    }

    private static List<Domain> named(Release release) {
        return release.files().getOrDefault("CNAME", "").lines().map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#")).map(Domain::of).toList();
    }

    /// Keeps names for an app until its change is stored or given up.
    ///
    /// @throws UserError when one of the names belongs to another app
    Claim claim(App app, List<Domain> wanted) {
        Claimed mine = new Claimed(app, Set.copyOf(wanted));
        synchronized (claims) {
            for (App other : catalogue.all()) {
                refuse(mine, other, of(other));
            }
            claims.forEach(other -> refuse(mine, other.by(), other.names()));
            claims.add(mine);
        }
        return () -> {
            synchronized (claims) {
                claims.removeIf(each -> each == mine);
            }
        };
    }

    /// Sees to it that no app gets the name of another one when what is set for the whole server changes.
    ///
    /// @throws UserError when one would
    void demandNoClash(Global after) {
        for (App app : catalogue.all()) {
            List<Domain> gained = new ArrayList<>(of(app.withGlobal(after)));
            gained.removeAll(of(app));
            for (App other : gained.isEmpty() ? List.<App>of() : catalogue.all()) {
                if (!other.id().equals(app.id())) {
                    of(other.withGlobal(after)).stream().filter(gained::contains).findFirst().ifPresent(taken -> {
                        throw new UserError(("The app %s would get the domain %s, which belongs to the app %s. Remove it there first:"
                                + " domains:remove %s %s").formatted(app.name(), taken, other.name(), other.name(), taken));
                    });
                }
            }
        }
    }

    private static void refuse(Claimed mine, App other, Collection<Domain> theirs) {
        if (!other.id().equals(mine.by().id())) {
            theirs.stream().filter(mine.names()::contains).findFirst().ifPresent(taken -> {
                throw new UserError("The domain %s belongs to the app %s. Remove it there first: domains:remove %s %s".formatted(
                        taken, other.name(), other.name(), taken));
            });
        }
    }
}
