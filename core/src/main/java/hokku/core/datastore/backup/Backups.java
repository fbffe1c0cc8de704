package hokku.core.datastore.backup;

import hokku.api.Output;
import hokku.api.Service;
import hokku.api.ServiceId;
import hokku.api.ServiceName;
import hokku.api.UserError;
import hokku.api.spi.Datastore;
import hokku.core.state.Home;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// The backups of services: made, listed, proven, restored. Safe for use by several threads; there is one backup of a service at a time.
public final class Backups {
    /// Stands for the newest backup wherever one is named.
    public static final String NEWEST = "latest";
    /// What somebody else may still be writing is younger.
    private static final Duration LEFT_OVER = Duration.ofHours(24);

    private final ServiceData data;
    private final Targets targets;
    private final Clock clock;
    private final BackupSettings settings;
    private final Restores restores;
    private final Map<ServiceId, ReentrantLock> locks = new ConcurrentHashMap<>();

    /// @param allowed the folders below which an administrator allows backups
    public Backups(ServiceData data, Home home, Supplier<List<Path>> allowed, Clock clock) {
        this(data, new Targets(home, allowed, S3Target.Patience.USUAL), clock);
    }

    Backups(ServiceData data, Targets targets, Clock clock) {
        this.data = data;
        this.targets = targets;
        this.clock = clock;
        this.settings = new BackupSettings(data, targets, clock);
        this.restores = new Restores(data, targets, settings, clock);
    }

    /// Where a backup is.
    public record Found(Backup backup, String place) {}

    /// What a proof found.
    ///
    /// @param restored how many rows or the like each part of the backup has
    /// @param now the same of the service as it is; empty while it does not run
    public record Proof(Found found, Map<String, Long> restored, Optional<Map<String, Long>> now) {}

    /// What is set for them, and what is known of them.
    public BackupSettings settings() {
        return settings;
    }

    ServiceData data() {
        return data;
    }

    /// Makes a backup because a user wants one.
    public Found make(Datastore datastore, ServiceName name, Optional<String> place, boolean iam, Output out) throws InterruptedException {
        Service service = data.get(datastore, name);
        return make(datastore, service, settings.place(service, place, iam), false, out);
    }

    /// Makes a backup because its time has come, and removes the oldest of those that the schedule made.
    Found makeScheduled(Datastore datastore, Service service, Output out) throws InterruptedException {
        return make(datastore, service, settings.demandSchedule(service).place(), true, out);
    }

    private Found make(Datastore datastore, Service service, Notes.Place place, boolean scheduled, Output out) throws InterruptedException {
        ReentrantLock lock = locks.computeIfAbsent(service.id(), none -> new ReentrantLock(true));
        if (!lock.tryLock()) {
            out.detail("Waiting for another backup of " + service.name());
            lock.lockInterruptibly();
        }
        try {
            return made(datastore, service, place, scheduled, out);
        } catch (RuntimeException failed) {
            String reason = Optional.ofNullable(failed.getMessage()).orElseGet(failed::toString);
            settings.note(service, notes -> notes.withFailure(clock.instant(), reason));
            throw failed;
        } finally {
            lock.unlock();
        }
    }

    private Found made(Datastore datastore, Service service, Notes.Place place, boolean scheduled, Output out) throws InterruptedException {
        Notes notes = settings.of(service);
        try (Target target = targets.of(place, notes)) {
            List<Target.Stored> there = Inventory.tidy(target, service, clock.instant().minus(LEFT_OVER));
            Instant time = clock.instant().truncatedTo(ChronoUnit.SECONDS);
            String file = Inventory.free(there, service, time, notes.passphrase().isPresent());
            out.step("Backing up " + service.name() + " to " + target.text());
            Backup backup = write(datastore, service, target, file, time, notes, scheduled);
            Notes.Last last = new Notes.Last(backup, target.text());
            settings.note(service, before -> before.withLast(last, place));
            out.detail("%s: %s, %s%s".formatted(backup.file(), Backup.size(backup.size()), backup.contents(), backup.encrypted() ? ", encrypted" : ""));
            if (scheduled) {
                retire(service, target, backup, notes, out);
            }
            return new Found(backup, target.text());
        } catch (InterruptedIOException interrupted) {
            throw new InterruptedException("interrupted while backing up " + service.name());
        } catch (IOException failed) {
            throw new UserError(UserError.FAILED, failed.getMessage(), failed);
        }
    }

    private Backup write(Datastore datastore, Service service, Target target, String file, Instant time, Notes notes, boolean scheduled)
            throws IOException, InterruptedException {
        Target.Sink sink = target.create(file);
        boolean done = false;
        try {
            Recording.Result result = new Recording(data, datastore, service, sink, notes.passphrase()).run();
            Backup backup = new Backup(file, service.datastore(), service.name().value(), service.image(), time, result.size(), result.sha256(),
                    result.contents(), scheduled);
            target.put(backup.manifest(), backup.toJson());
            done = true;
            return backup;
        } finally {
            if (!done) {
                sink.abort();
            }
        }
    }

    /// Removes the oldest backups of the schedule. It is called once the newest was verified, never before.
    ///
    /// What is kept is counted by what can be restored; what a service of the same name had before this one was made is nobody's to remove.
    private void retire(Service service, Target target, Backup newest, Notes notes, Output out) throws InterruptedException {
        int kept = notes.retention().orElse(BackupSettings.USUAL_RETENTION);
        try {
            Set<String> stay = Inventory.whole(service, target).stream().filter(Backup::scheduled).limit(kept == 0 ? Long.MAX_VALUE : kept)
                    .map(Backup::file).collect(Collectors.toCollection(HashSet::new));
            stay.add(newest.file());
            List<Backup> gone = Inventory.described(service, target).stream().filter(Backup::scheduled)
                    .filter(each -> !stay.contains(each.file()) && !each.made().isBefore(service.created().truncatedTo(ChronoUnit.SECONDS))).toList();
            for (Backup old : kept == 0 ? List.<Backup>of() : gone) {
                // In this order: half a removal is taken up by the next one.
                target.delete(old.file());
                target.delete(old.manifest());
                out.detail("Removed " + old.file() + ", since " + kept + " are kept");
            }
        } catch (InterruptedIOException interrupted) {
            throw new InterruptedException("interrupted while old backups were removed");
        } catch (IOException failed) {
            String reason = "The backup was made, but old ones could not be removed: " + failed.getMessage();
            out.warn(reason);
            settings.note(service, before -> before.withFailure(clock.instant(), reason));
        }
    }

    /// The backups of a service, the newest first.
    ///
    /// @param place where to look; empty for all places that are known of it
    public List<Found> list(Datastore datastore, ServiceName name, Optional<String> place, boolean iam, Output out) throws InterruptedException {
        Service service = data.get(datastore, name);
        Notes notes = settings.of(service);
        List<Found> found = new ArrayList<>();
        List<Notes.Place> places = settings.places(service, notes, place, iam);
        for (Notes.Place each : places) {
            try (Target target = targets.of(each, notes)) {
                Inventory.whole(service, target).forEach(backup -> found.add(new Found(backup, target.text())));
            } catch (InterruptedIOException interrupted) {
                throw new InterruptedException("interrupted while listing backups");
            } catch (IOException | UserError failed) {
                if (places.size() == 1 || place.isPresent()) {
                    throw new UserError(UserError.FAILED, failed.getMessage(), failed);
                }
                out.warn(each.text() + " is left out: " + failed.getMessage());
            }
        }
        found.sort(Comparator.comparing((Found each) -> each.backup().file()).reversed());
        return List.copyOf(found);
    }

    /// @param wanted the name of a backup, its time, or [#NEWEST]
    private Found find(Datastore datastore, ServiceName name, String wanted, Optional<String> place, boolean iam, Output out) throws InterruptedException {
        List<Found> all = list(datastore, name, place, iam, out);
        if (all.isEmpty()) {
            throw new UserError("There is no backup of %s%s. Make one: %s:backup %s".formatted(name, place.map(each -> " at " + each).orElse(""),
                    datastore.name(), name));
        }
        if (wanted.equals(NEWEST)) {
            return all.getFirst();
        }
        String prefix = Backup.prefix(datastore.name(), name);
        return all.stream().filter(each -> each.backup().file().equals(wanted) || each.backup().file().startsWith(prefix + wanted + Backup.DUMP)
                || each.backup().file().startsWith(wanted + Backup.DUMP)).findFirst()
                .orElseThrow(() -> new UserError("There is no such backup of %s. See %s:backup-list %s".formatted(name, datastore.name(), name)));
    }

    /// Replaces all data of a service by that of a backup, once the whole of it was found sound.
    ///
    /// @param passphrase that it was made with; empty for the one that is set
    public Found restore(Datastore datastore, ServiceName name, String wanted, Optional<String> place, boolean iam, Optional<String> passphrase,
            Output out) throws InterruptedException {
        Found found = find(datastore, name, wanted, place, iam, out);
        restores.restore(datastore, data.get(datastore, name), found, iam, passphrase, out);
        return found;
    }

    /// Proves a backup: restores it into a service of its own, counts what is in it, and removes that service.
    public Proof prove(Datastore datastore, ServiceName name, String wanted, Optional<String> place, boolean iam, Optional<String> passphrase,
            Output out) throws InterruptedException {
        return restores.prove(datastore, data.get(datastore, name), find(datastore, name, wanted, place, iam, out), iam, passphrase, out);
    }

    /// Removes a backup.
    public Found delete(Datastore datastore, ServiceName name, String wanted, Optional<String> place, boolean iam, Output out) throws InterruptedException {
        Service service = data.get(datastore, name);
        Found found = find(datastore, name, wanted, place, iam, out);
        Notes notes = settings.of(service);
        boolean role = iam || notes.places().contains(new Notes.Place(found.place(), true));
        try (Target target = targets.of(new Notes.Place(found.place(), role), notes)) {
            target.delete(found.backup().file());
            target.delete(found.backup().manifest());
            return found;
        } catch (InterruptedIOException interrupted) {
            throw new InterruptedException("interrupted while removing a backup");
        } catch (IOException failed) {
            throw new UserError(UserError.FAILED, failed.getMessage(), failed);
        }
    }
}
