package hokku.core.datastore.backup;

import hokku.api.Output;
import hokku.api.Service;
import hokku.api.ServiceId;
import hokku.api.ServiceName;
import hokku.api.UserError;
import hokku.api.spi.Datastore;
import hokku.core.state.FullDisk;
import hokku.core.state.Home;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The backups of services: made, listed, proven, restored. Safe for use by several threads; there is one backup of a service at a time.
public final class Backups {
    private static final Logger LOG = LoggerFactory.getLogger(Backups.class);
    /// How many backups of its schedule a service keeps unless a user says otherwise.
    public static final int USUAL_RETENTION = 7;
    public static final int MOST_RETENTION = 1000;
    /// Stands for the newest backup wherever one is named.
    public static final String NEWEST = "latest";
    /// The names of what [#info] says.
    public static final List<String> FIELDS = List.of("backup-encryption", "backup-failure", "backup-last", "backup-missed", "backup-proven",
            "backup-retention", "backup-schedule");
    /// What somebody else may still be writing is younger.
    private static final Duration LEFT_OVER = Duration.ofHours(24);
    private static final int LONGEST_PASSPHRASE = 1000;

    private final ServiceData data;
    private final Targets targets;
    private final Clock clock;
    private final Map<ServiceId, ReentrantLock> locks = new ConcurrentHashMap<>();

    /// @param allowed the folders below which an administrator allows backups
    public Backups(ServiceData data, Home home, Supplier<List<Path>> allowed, Clock clock) {
        this(data, new Targets(home, allowed, S3Target.Patience.USUAL), clock);
    }

    Backups(ServiceData data, Targets targets, Clock clock) {
        this.data = data;
        this.targets = targets;
        this.clock = clock;
    }

    /// Where a backup is.
    public record Found(Backup backup, String place) {}

    ServiceData data() {
        return data;
    }

    Notes notes(Service service) {
        try {
            return Notes.read(data.folder(service));
        } catch (IOException broken) {
            throw new UserError(UserError.FAILED, "What was set for backups of " + service.name() + " is lost: " + broken.getMessage()
                    + ". Remove that file and set it again", broken);
        }
    }

    /// Changes what is kept about the backups of a service; nothing happens where it is gone.
    synchronized void note(Service service, UnaryOperator<Notes> change) {
        data.now(service).ifPresent(now -> {
            try {
                change.apply(notes(now)).write(data.folder(now));
            } catch (IOException failed) {
                throw new UserError(UserError.FAILED, FullDisk.isReasonOf(failed) ? FullDisk.WORDS
                        : "The server could not write its files: " + failed.getMessage(), failed);
            }
        });
    }

    /// Sets the key for S3-compatible stores.
    public void authorize(Datastore datastore, ServiceName name, S3Access access) {
        note(data.get(datastore, name), notes -> notes.withAccess(Optional.of(access)));
    }

    public void deauthorize(Datastore datastore, ServiceName name) {
        note(data.get(datastore, name), notes -> notes.withAccess(Optional.empty()));
    }

    /// Has backups encrypted from now on.
    public void encrypt(Datastore datastore, ServiceName name, String passphrase) {
        note(data.get(datastore, name), notes -> notes.withPassphrase(Optional.of(checked(passphrase))));
    }

    private static String checked(String passphrase) {
        if (passphrase.isBlank() || passphrase.length() > LONGEST_PASSPHRASE || passphrase.codePoints().anyMatch(Character::isISOControl)) {
            throw new UserError("Invalid passphrase: use a line of up to " + LONGEST_PASSPHRASE + " characters");
        }
        return passphrase;
    }

    public void unencrypt(Datastore datastore, ServiceName name) {
        note(data.get(datastore, name), notes -> notes.withPassphrase(Optional.empty()));
    }

    /// @param count how many backups of the schedule are kept; `0` for all of them, empty for the usual number
    public void retain(Datastore datastore, ServiceName name, OptionalInt count) {
        note(data.get(datastore, name), notes -> notes.withRetention(count));
    }

    /// Has backups made by themselves.
    ///
    /// @param place a bucket or a folder; empty for the usual one
    public void schedule(Datastore datastore, ServiceName name, String cron, ZoneId zone, Optional<String> place, boolean iam) {
        Service service = data.get(datastore, name);
        CronTimes.of(cron, zone);
        Notes.Place chosen = place(service, place, iam);
        // What cannot be a place is refused now, and not in the night.
        targets.of(chosen, notes(service)).close();
        note(service, notes -> notes.withSchedule(Optional.of(new Notes.Schedule(cron, zone, chosen)), clock.instant()));
    }

    /// @throws UserError when there is no schedule
    public void unschedule(Datastore datastore, ServiceName name) {
        Service service = data.get(datastore, name);
        demandSchedule(service);
        note(service, notes -> notes.withSchedule(Optional.empty(), clock.instant()));
    }

    private Notes.Schedule demandSchedule(Service service) {
        return notes(service).schedule().orElseThrow(() -> new UserError("No backup schedule for " + service.name() + ". Make one: "
                + service.datastore() + ":backup-schedule " + service.name() + " \"0 3 * * *\""));
    }

    /// The schedule in a line, as it is set.
    public String scheduleText(Datastore datastore, ServiceName name) {
        Service service = data.get(datastore, name);
        Notes.Schedule schedule = demandSchedule(service);
        return "%s %s:backup %s %s%s (%s)".formatted(schedule.cron(), service.datastore(), service.name(), schedule.place().text(),
                schedule.place().iam() ? " --use-iam" : "", schedule.zone());
    }

    private Notes.Place place(Service service, Optional<String> text, boolean iam) {
        return text.map(each -> new Notes.Place(each, iam)).orElseGet(() -> targets.usual(service));
    }

    /// Makes a backup because a user wants one.
    public Found make(Datastore datastore, ServiceName name, Optional<String> place, boolean iam, Output out) throws InterruptedException {
        Service service = data.get(datastore, name);
        return make(datastore, service, place(service, place, iam), false, out);
    }

    /// Makes a backup because its time has come, and removes the oldest of those that the schedule made.
    Found makeScheduled(Datastore datastore, Service service, Output out) throws InterruptedException {
        return make(datastore, service, demandSchedule(service).place(), true, out);
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
            note(service, notes -> notes.withFailure(clock.instant(), reason));
            throw failed;
        } finally {
            lock.unlock();
        }
    }

    private Found made(Datastore datastore, Service service, Notes.Place place, boolean scheduled, Output out) throws InterruptedException {
        Notes notes = notes(service);
        try (Target target = targets.of(place, notes)) {
            String prefix = Backup.prefix(service.datastore(), service.name());
            target.tidy(prefix, clock.instant().minus(LEFT_OVER));
            Instant time = clock.instant().truncatedTo(ChronoUnit.SECONDS);
            String file = Inventory.free(target, service, time, notes.passphrase().isPresent());
            out.step("Backing up " + service.name() + " to " + target.text());
            Backup backup = write(datastore, service, target, file, time, notes, scheduled);
            Notes.Last last = new Notes.Last(backup, target.text());
            note(service, before -> before.withLast(last, place));
            out.detail("%s: %s, %s%s".formatted(backup.file(), Backup.size(backup.size()), backup.contents(), backup.encrypted() ? ", encrypted" : ""));
            if (scheduled) {
                retire(service, target, notes, out);
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
    private void retire(Service service, Target target, Notes notes, Output out) throws InterruptedException {
        int kept = notes.retention().orElse(USUAL_RETENTION);
        try {
            List<Backup> all = Inventory.described(service, target).stream().filter(Backup::scheduled).toList();
            for (Backup old : all.subList(kept == 0 ? all.size() : Math.min(kept, all.size()), all.size())) {
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
            note(service, before -> before.withFailure(clock.instant(), reason));
        }
    }

    /// The backups of a service, the newest first.
    ///
    /// @param place where to look; empty for all places that are known of it
    public List<Found> list(Datastore datastore, ServiceName name, Optional<String> place, boolean iam, Output out) throws InterruptedException {
        Service service = data.get(datastore, name);
        Notes notes = notes(service);
        List<Found> found = new ArrayList<>();
        List<Notes.Place> places = places(service, notes, place, iam);
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

    private List<Notes.Place> places(Service service, Notes notes, Optional<String> place, boolean iam) {
        if (place.isPresent()) {
            return List.of(place(service, place, iam));
        }
        Set<Notes.Place> all = new LinkedHashSet<>(List.of(targets.usual(service)));
        notes.schedule().ifPresent(schedule -> all.add(schedule.place()));
        all.addAll(notes.places());
        return List.copyOf(all);
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

    private interface Use {
        void of(InputStream dump) throws IOException, InterruptedException;
    }

    /// Opens a backup, and looks whether all of what was read is what was written.
    private void read(Service service, Found found, boolean iam, Optional<String> passphrase, Use use) throws InterruptedException {
        Notes notes = notes(service);
        Notes.Place known = places(service, notes, Optional.empty(), false).stream().filter(each -> each.text().equals(found.place())).findFirst()
                .orElseGet(() -> new Notes.Place(found.place(), iam));
        Backup backup = found.backup();
        try (Target target = targets.of(new Notes.Place(found.place(), known.iam() || iam), notes);
                Measured stored = new Measured(target.open(backup.file()))) {
            try {
                use.of(Measured.lent(backup.encrypted() ? Encryption.decrypt(stored, phrase(backup, notes, passphrase)) : stored));
            } catch (UserError failed) {
                // A dump that does not arrive whole makes everything that reads it fail: then that is the reason.
                stored.demand(backup.size(), backup.sha256());
                throw failed;
            }
            stored.demand(backup.size(), backup.sha256());
        } catch (InterruptedIOException interrupted) {
            throw new InterruptedException("interrupted while reading " + backup.file());
        } catch (Encryption.WrongPassphrase wrong) {
            throw new UserError(UserError.FAILED, "The passphrase does not open " + backup.file() + ". If it was made with a former one, give that one:"
                    + " --passphrase, which is read from the input", wrong);
        } catch (NoSuchFileException gone) {
            throw new UserError(UserError.FAILED, "The backup " + backup.file() + " is not there any more", gone);
        } catch (IOException failed) {
            throw new UserError(UserError.FAILED, "The backup %s at %s is broken or cannot be read: %s".formatted(backup.file(), found.place(),
                    failed.getMessage()), failed);
        }
    }

    private static String phrase(Backup backup, Notes notes, Optional<String> passphrase) {
        return passphrase.or(notes::passphrase).orElseThrow(() -> new UserError("The backup " + backup.file() + " is encrypted, and no passphrase is"
                + " set. Give the one that it was made with: --passphrase, which is read from the input"));
    }

    /// Replaces all data of a service by that of a backup. It is read twice: nothing is touched before the whole of it was found sound.
    ///
    /// @param passphrase that it was made with; empty for the one that is set
    public Found restore(Datastore datastore, ServiceName name, String wanted, Optional<String> place, boolean iam, Optional<String> passphrase,
            Output out) throws InterruptedException {
        Service service = data.get(datastore, name);
        Found found = find(datastore, name, wanted, place, iam, out);
        out.step("Looking through " + found.backup().file() + " at " + found.place());
        read(service, found, iam, passphrase, dump -> {
            String contents = data.verify(datastore, service, dump);
            dump.transferTo(java.io.OutputStream.nullOutputStream());
            out.detail(contents);
        });
        out.step("Restoring " + name);
        read(service, found, iam, passphrase, dump -> {
            data.restore(datastore, service, dump);
            dump.transferTo(java.io.OutputStream.nullOutputStream());
        });
        return found;
    }

    /// What a proof found.
    ///
    /// @param restored how many rows or the like each part of the backup has
    /// @param now the same of the service as it is; empty while it does not run
    public record Proof(Found found, Map<String, Long> restored, Optional<Map<String, Long>> now) {}

    /// Proves a backup: restores it into a service of its own, counts what is in it, and removes that service.
    public Proof prove(Datastore datastore, ServiceName name, String wanted, Optional<String> place, boolean iam, Optional<String> passphrase,
            Output out) throws InterruptedException {
        Service service = data.get(datastore, name);
        Found found = find(datastore, name, wanted, place, iam, out);
        out.step("Restoring " + found.backup().file() + " into a service of its own");
        Map<String, Long> restored;
        try (ServiceData.Scratch scratch = data.scratch(datastore, service, out)) {
            read(service, found, iam, passphrase, dump -> {
                scratch.restore(dump);
                dump.transferTo(java.io.OutputStream.nullOutputStream());
            });
            restored = new TreeMap<>(scratch.contents());
        } catch (RuntimeException failed) {
            note(service, notes -> notes.withFailure(clock.instant(), "The backup " + found.backup().file() + " could not be restored: " + failed.getMessage()));
            throw failed;
        }
        note(service, notes -> notes.withProof(clock.instant(), found.backup().file()));
        return new Proof(found, restored, now(datastore, service));
    }

    private Optional<Map<String, Long>> now(Datastore datastore, Service service) throws InterruptedException {
        try {
            return Optional.of(new TreeMap<>(data.contents(datastore, service)));
        } catch (UserError down) {
            LOG.debug("{} cannot be counted", service, down);
            return Optional.empty();
        }
    }

    /// Removes a backup.
    public Found delete(Datastore datastore, ServiceName name, String wanted, Optional<String> place, boolean iam, Output out) throws InterruptedException {
        Service service = data.get(datastore, name);
        Found found = find(datastore, name, wanted, place, iam, out);
        Notes notes = notes(service);
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

    /// What `info` says about the backups of a service.
    public SequencedMap<String, String> info(Service service) {
        Notes notes = notes(service);
        SequencedMap<String, String> fields = new LinkedHashMap<>();
        fields.put("backup-encryption", String.valueOf(notes.passphrase().isPresent()));
        fields.put("backup-failure", notes.failure().map(each -> each.at().truncatedTo(ChronoUnit.SECONDS) + " " + each.reason()).orElse("-"));
        fields.put("backup-last", notes.last().map(each -> "%s %s/%s, %s, %s".formatted(each.backup().made(), each.place(), each.backup().file(),
                Backup.size(each.backup().size()), each.backup().contents())).orElse("-"));
        fields.put("backup-missed", notes.missed().map(each -> "%d before the last run, the latest at %s".formatted(each.count(), each.latest())).orElse("-"));
        fields.put("backup-proven", notes.proof().map(each -> each.at().truncatedTo(ChronoUnit.SECONDS) + " " + each.file()).orElse("-"));
        fields.put("backup-retention", notes.retention().orElse(USUAL_RETENTION) == 0 ? "all" : String.valueOf(notes.retention().orElse(USUAL_RETENTION)));
        fields.put("backup-schedule", notes.schedule().map(each -> each.cron() + " " + each.zone() + " " + each.place().text()).orElse("-"));
        return fields;
    }
}
