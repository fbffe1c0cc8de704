package hokku.core.datastore.backup;

import hokku.api.Service;
import hokku.api.ServiceName;
import hokku.api.UserError;
import hokku.api.spi.Datastore;
import hokku.core.state.FullDisk;
import java.io.IOException;
import java.time.Clock;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.UnaryOperator;

/// What is set for the backups of services, and what is known of them. Safe for use by several threads.
public final class BackupSettings {
    /// How many backups of its schedule a service keeps unless a user says otherwise.
    public static final int USUAL_RETENTION = 7;
    public static final int MOST_RETENTION = 1000;
    /// The names of what [#info] says.
    public static final List<String> FIELDS = List.of("backup-encryption", "backup-failure", "backup-last", "backup-missed", "backup-proven",
            "backup-retention", "backup-schedule");
    private static final int LONGEST_PASSPHRASE = 1000;

    private final ServiceData data;
    private final Targets targets;
    private final Clock clock;

    BackupSettings(ServiceData data, Targets targets, Clock clock) {
        this.data = data;
        this.targets = targets;
        this.clock = clock;
    }

    /// What is kept about the backups of a service.
    Notes of(Service service) {
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
                change.apply(of(now)).write(data.folder(now));
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
        targets.of(chosen, of(service)).close();
        note(service, notes -> notes.withSchedule(Optional.of(new Notes.Schedule(cron, zone, chosen)), clock.instant()));
    }

    /// @throws UserError when there is no schedule
    public void unschedule(Datastore datastore, ServiceName name) {
        Service service = data.get(datastore, name);
        demandSchedule(service);
        note(service, notes -> notes.withSchedule(Optional.empty(), clock.instant()));
    }

    /// @throws UserError when there is none
    Notes.Schedule demandSchedule(Service service) {
        return of(service).schedule().orElseThrow(() -> new UserError("No backup schedule for " + service.name() + ". Make one: "
                + service.datastore() + ":backup-schedule " + service.name() + " \"0 3 * * *\""));
    }

    /// The schedule in a line, as it is set.
    public String scheduleText(Datastore datastore, ServiceName name) {
        Service service = data.get(datastore, name);
        Notes.Schedule schedule = demandSchedule(service);
        return "%s %s:backup %s %s%s (%s)".formatted(schedule.cron(), service.datastore(), service.name(), schedule.place().text(),
                schedule.place().iam() ? " --use-iam" : "", schedule.zone());
    }

    /// The place that a user names; the usual one where he names none.
    Notes.Place place(Service service, Optional<String> text, boolean iam) {
        return text.map(each -> new Notes.Place(each, iam)).orElseGet(() -> targets.usual(service));
    }

    /// Where backups of a service are looked for: the place that a user names, or all that are known of it.
    List<Notes.Place> places(Service service, Notes notes, Optional<String> place, boolean iam) {
        if (place.isPresent()) {
            return List.of(place(service, place, iam));
        }
        Set<Notes.Place> all = new LinkedHashSet<>(List.of(targets.usual(service)));
        notes.schedule().ifPresent(schedule -> all.add(schedule.place()));
        all.addAll(notes.places());
        return List.copyOf(all);
    }

    /// What `info` says about the backups of a service.
    public SequencedMap<String, String> info(Service service) {
        Notes notes = of(service);
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
