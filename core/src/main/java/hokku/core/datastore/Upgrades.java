package hokku.core.datastore;

import hokku.api.Output;
import hokku.api.Service;
import hokku.api.ServiceName;
import hokku.api.Uninterruptible;
import hokku.api.UserError;
import hokku.api.spi.Datastore;
import hokku.core.deploy.Failures;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings services to other versions of their image, with their data.
///
/// Where the data of one version is of no use to the other, it is dumped into a second service beside, on a volume of its own, while nobody may
/// change it and reading goes on. Only when both hold the same do they change places. The former volume stays until it is discarded.
public final class Upgrades {
    /// The keys of settings: the volume and the image that a service had before its upgrade, and the volume of one that is at work.
    public static final String FORMER_VOLUME = "former-volume";
    public static final String FORMER_IMAGE = "former-image";
    private static final String UNFINISHED = "upgrading-to";

    private static final Logger LOG = LoggerFactory.getLogger(Upgrades.class);
    private static final String ROLE = "upgrade";

    private final Services services;
    private final ServiceContainers containers;

    Upgrades(Services services, ServiceContainers containers) {
        this.services = services;
        this.containers = containers;
    }

    /// @param image with its version
    /// @return the service as it is then
    /// @throws UserError when it stays what it was
    public Service upgrade(Datastore datastore, ServiceName name, String image, Output out) throws InterruptedException {
        Service before = services.get(datastore, name);
        if (before.image().equals(image)) {
            throw new UserError("Service " + name + " has the image " + image + " already");
        }
        if (datastore.sameForm(before.version(), before.withImage(image, before.volume()).version())) {
            return services.change(datastore, name, service -> service.withImage(image, service.volume()), out);
        }
        try (Services.Held _ = services.hold(datastore, name)) {
            Service now = services.get(datastore, name);
            if (now.setting(FORMER_VOLUME).isPresent()) {
                throw new UserError(("The data from before the last upgrade of %s is still kept (%s). Discard it first, when the service does what"
                        + " it should: %s:upgrade %s --discard-former").formatted(name, now.setting(FORMER_IMAGE).orElse(""), datastore.name(), name));
            }
            services.demandRunning(now);
            settle(datastore, now);
            containers.demandImage(image, out);
            return carry(datastore, services.get(datastore, name), image, out);
        }
    }

    private Service carry(Datastore datastore, Service before, String image, Output out) throws InterruptedException {
        Service next = before.withImage(image, containers.newVolumeName(before, "-" + RandomText.mark()));
        services.stored(before.withSetting(UNFINISHED, next.volume()));
        boolean done = false;
        try {
            out.step("Carrying the data of " + before.name() + " over to " + image + ": until that is done it can be read, not changed");
            services.inside(datastore, before, "freeze", inside -> datastore.freeze(before, inside));
            containers.createVolume(next, next.volume());
            String beside = containers.start(datastore, next, ROLE);
            containers.awaitReady(datastore, next, beside);
            compare(datastore, before, next, beside, out);
            Service after = exchange(datastore, before, next, beside, out);
            done = true;
            return after;
        } finally {
            if (!done) {
                undone(datastore, before, next);
            }
        }
    }

    private void compare(Datastore datastore, Service before, Service next, String beside, Output out) throws InterruptedException {
        services.pour(datastore, before, sink -> within(datastore, "restore", () -> {
            datastore.restore(next, containers.inside(beside), sink);
            return beside;
        }));
        Map<String, Long> had = within(datastore, "contents", () -> datastore.contents(before, containers.inside(containers.demand(before))));
        Map<String, Long> has = within(datastore, "contents", () -> datastore.contents(next, containers.inside(beside)));
        if (!had.equals(has)) {
            throw new UserError("The upgraded data is not the same: before " + had + ", after " + has + ". The service stays what it was");
        }
        out.detail("The same in both: " + had.values().stream().mapToLong(Long::longValue).sum() + " entries");
    }

    /// Everything is there twice: from here on nobody can interrupt.
    private Service exchange(Datastore datastore, Service before, Service next, String beside, Output out) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("cancelled before the service was exchanged");
        }
        return within(datastore, "exchange", () -> Uninterruptible.call("upgrade " + before.name(), () -> {
            containers.stop(beside);
            containers.remove(beside);
            Service after = next.withSetting(UNFINISHED, "").withSetting(FORMER_VOLUME, before.volume()).withSetting(FORMER_IMAGE, before.image());
            // The files say which of the two counts, should a crash come between.
            services.stored(after);
            try {
                services.replace(datastore, after, out);
                return after;
            } catch (InterruptedException | RuntimeException failed) {
                out.warn("Going back to " + before.image());
                services.stored(before.withSetting(UNFINISHED, next.volume()));
                services.replace(datastore, before, out);
                throw failed;
            }
        }));
    }

    /// What was made for an upgrade that did not come about goes.
    private void undone(Datastore datastore, Service before, Service next) {
        try {
            Uninterruptible.call("take back an upgrade", () -> {
                datastore.thaw(before, containers.inside(containers.demand(before)));
                containers.find(next, ROLE).ifPresent(containers::remove);
                containers.removeVolume(next.volume());
                return services.stored(before.withSetting(UNFINISHED, ""));
            });
        } catch (Exception failed) {
            LOG.error("What is left of an upgrade of {} {} is removed later: {}", datastore.title(), before.name(), failed.getMessage());
        }
    }

    /// Takes back what a server did not live to see the end of. The service's lock is held.
    void settle(Datastore datastore, Service service) {
        Optional<String> volume = service.setting(UNFINISHED);
        if (volume.isPresent() && !volume.get().equals(service.volume()) && containers.state(service).equals("running")) {
            LOG.info("An upgrade of {} {}, which a crash cut off, is taken back", datastore.title(), service.name());
            undone(datastore, service, service.withImage(service.image(), volume.get()));
        }
    }

    /// Removes what there is of a service besides its own volume.
    void removeRest(Service service) {
        service.setting(UNFINISHED).filter(volume -> !volume.equals(service.volume())).ifPresent(containers::removeVolumeAndUsers);
        service.setting(FORMER_VOLUME).ifPresent(containers::removeVolume);
    }

    /// Removes the data from before the last upgrade.
    public Service discardFormer(Datastore datastore, ServiceName name) throws InterruptedException {
        try (Services.Held _ = services.hold(datastore, name)) {
            Service service = services.get(datastore, name);
            String volume = service.setting(FORMER_VOLUME).orElseThrow(() -> new UserError("Service " + name + " has no data from before an upgrade"));
            containers.removeVolume(volume);
            return services.stored(service.withSetting(FORMER_VOLUME, "").withSetting(FORMER_IMAGE, ""));
        }
    }

    private static <T> T within(Datastore datastore, String what, java.util.concurrent.Callable<T> work) throws InterruptedException {
        try {
            return work.call();
        } catch (InterruptedException | RuntimeException failed) {
            throw failed;
        } catch (Exception failed) {
            throw Failures.defect(datastore.name(), what, failed);
        }
    }
}
