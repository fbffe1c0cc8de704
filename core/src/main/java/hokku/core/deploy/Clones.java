package hokku.core.deploy;

import hokku.api.App;
import hokku.api.AppId;
import hokku.api.AppName;
import hokku.api.Release;
import hokku.api.hook.AppEvent;
import hokku.core.git.Repositories;
import hokku.core.plugin.Snapshots;
import hokku.core.state.AppCopy;
import hokku.core.state.Catalogue;
import hokku.core.state.Home;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes copies of apps: with their variables, settings, scale, ports, releases, build logs, repository and what plugins keep of them.
///
/// Domains that were added, and those of releases' `CNAME` files, stay the original's. A copy is made aside, and is there once its folder
/// is moved to its place: whole, and stopped.
public final class Clones implements Repair {
    private static final Logger LOG = LoggerFactory.getLogger(Clones.class);

    private final Home home;
    private final Catalogue catalogue;
    private final Snapshots snapshots;
    private final AppLocks locks;
    private final Domains domains;
    private final Images images;
    private final Repositories repositories;
    private final FaultPoints faults;
    private final Clock clock;
    /// Folders of copies that were being made when the server ended, by the names that they were to have.
    private final Set<AppName> unfinished = ConcurrentHashMap.newKeySet();

    Clones(Home home, Catalogue catalogue, Snapshots snapshots, AppLocks locks, Domains domains, Images images, Repositories repositories,
            FaultPoints faults, Clock clock) {
        this.home = home;
        this.catalogue = catalogue;
        this.snapshots = snapshots;
        this.locks = locks;
        this.domains = domains;
        this.images = images;
        this.repositories = repositories;
        this.faults = faults;
        this.clock = clock;
        if (Files.isDirectory(home.copies())) {
            try (var found = Files.list(home.copies())) {
                found.map(folder -> AppName.of(folder.getFileName().toString())).forEach(unfinished::add);
            } catch (IOException | RuntimeException failed) {
                LOG.warn("Copies that a crash left in {} cannot be listed", home.copies(), failed);
            }
        }
    }

    /// Makes a copy of an app that is stopped if there is anything to run. When it throws, there is none.
    ///
    /// @throws hokku.api.UserError when the name is taken
    public App copy(AppName from, AppName to) throws InterruptedException {
        catalogue.get(from);
        catalogue.demandFree(to);
        try (Snapshots.Lease lease = snapshots.lease(); AppLocks.Held _ = locks.hold(from, to)) {
            App original = catalogue.get(from);
            catalogue.demandFree(to);
            App copy = App.create(to, AppId.random(), clock.instant(), original.global()).withRevision(original.revision())
                    .withEnv(original.env()).withScale(original.scale()).withPorts(original.ports()).withProxied(original.proxied())
                    .withDomainsEnabled(original.domainsEnabled()).withStopped(original.stopped() || original.release().isPresent());
            copy = withSettings(copy, original);
            try (Domains.Claim _ = domains.claim(copy, domains.of(copy))) {
                App made = make(original, copy);
                new Hooks(lease.registry()).tell(new AppEvent.Cloned(to, made.id(), from));
                return made;
            }
        } catch (IOException failed) {
            throw Failures.storage(failed);
        }
    }

    /// They are taken as they are: some may belong to a plugin that is disabled now.
    private static App withSettings(App copy, App original) {
        return new App(copy.name(), copy.id(), copy.revision(), copy.created(), copy.env(), original.settings(), copy.scale(),
                copy.domains(), copy.ownDomains(), copy.domainsEnabled(), copy.ports(), copy.proxied(), copy.stopped(), copy.locked(),
                copy.release(), copy.global(), original.links());
    }

    private App make(App original, App copy) throws IOException, InterruptedException {
        Path folder = home.copies().resolve(copy.name().value());
        boolean made = false;
        try {
            catalogue.discard(folder);
            Home.createPrivate(folder);
            repositories.copy(original.name(), folder);
            AppCopy.write(home, original.name(), copy, folder);
            for (Release release : catalogue.journal(original.name()).releases()) {
                if (images.has(release)) {
                    images.keep(copy, release.number(), release.image());
                }
            }
            if (Thread.interrupted()) {
                throw new InterruptedException("the copy was cancelled");
            }
            faults.reach(FaultPoints.Point.CLONING);
            App added = catalogue.add(copy, folder);
            faults.reach(FaultPoints.Point.CLONED);
            made = true;
            return added;
        } finally {
            if (made) {
                unfinished.remove(copy.name());
            } else {
                discard(copy);
            }
        }
    }

    /// Images first: the folder tells of them.
    ///
    /// @return whether nothing of it is left
    private boolean discard(App copy) {
        try {
            images.sweep(copy, List.of());
            catalogue.discard(home.copies().resolve(copy.name().value()));
            return true;
        } catch (IOException | RuntimeException failed) {
            LOG.warn("What was prepared of {} is left until the next start of the server", copy.name(), failed);
            return false;
        }
    }

    @Override
    public void repair(Snapshots.Lease lease) throws InterruptedException {
        for (AppName name : unfinished) {
            try (AppLocks.Held _ = locks.hold(name)) {
                if (!unfinished.contains(name) || catalogue.find(name).isPresent()) {
                    unfinished.remove(name);
                } else if (discard(App.create(name, AppId.random(), clock.instant(), catalogue.global()))) {
                    unfinished.remove(name);
                    LOG.info("The copy {}, which a crash cut off, is removed", name);
                }
            }
        }
    }
}
