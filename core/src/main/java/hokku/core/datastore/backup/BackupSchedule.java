package hokku.core.datastore.backup;

import hokku.api.Contributions;
import hokku.api.Finding;
import hokku.api.Plugin;
import hokku.api.PluginContext;
import hokku.api.Service;
import hokku.api.Setting;
import hokku.api.UserError;
import hokku.api.spi.Datastore;
import hokku.api.spi.Examination;
import hokku.api.spi.Job;
import hokku.core.deploy.LogOutput;
import hokku.core.plugin.Snapshots;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes the backups whose time has come, one after the other, and tells the doctor of those that failed.
public final class BackupSchedule implements Plugin, Job, Examination {
    private static final Logger LOG = LoggerFactory.getLogger(BackupSchedule.class);
    private static final Duration GLANCE = Duration.ofSeconds(20);

    /// The folders below which users may have backups written.
    public static final Setting<List<Path>> FOLDERS = Setting.of("backups", "folders", BackupSchedule::folders,
            value -> value.stream().map(Path::toString).collect(Collectors.joining(" "))).initially(List.of()).scope(Setting.Scope.GLOBAL)
            .help("Folders of the server below which backups may be written, besides the server's own one");

    private final Snapshots snapshots;
    private final Backups backups;
    private final Clock clock;
    private boolean tidied;

    public BackupSchedule(Snapshots snapshots, Backups backups, Clock clock) {
        this.snapshots = snapshots;
        this.backups = backups;
        this.clock = clock;
    }

    private static List<Path> folders(String text) {
        List<Path> folders = new ArrayList<>();
        for (String word : text.split("[\\s,]+")) {
            if (!word.startsWith("/") || word.codePoints().anyMatch(Character::isISOControl) || List.of(word.split("/")).contains("..")) {
                throw new UserError("Invalid value for folders: use absolute paths, separated by commas");
            }
            folders.add(Path.of(word).normalize());
        }
        return List.copyOf(folders);
    }

    @Override
    public void contribute(PluginContext context, Contributions to) {
        to.setting(FOLDERS);
        to.job(this);
        to.examination(this);
    }

    @Override
    public String name() {
        return "backups";
    }

    @Override
    public When when() {
        return new When.Every(GLANCE);
    }

    /// Looks after every schedule. A backup that fails is noted at its service, and does not keep the others from being made.
    @Override
    public void run() throws InterruptedException {
        if (!tidied) {
            backups.data().removeScratches();
            tidied = true;
        }
        try (Snapshots.Lease lease = snapshots.lease()) {
            for (var datastore : lease.registry().datastores().values()) {
                for (Service service : backups.data().list(datastore.value())) {
                    look(datastore.value(), service);
                }
            }
        }
    }

    private void look(Datastore datastore, Service service) throws InterruptedException {
        try {
            Notes notes = backups.settings().of(service);
            if (notes.schedule().isPresent()) {
                Notes.Schedule schedule = notes.schedule().get();
                Instant now = clock.instant();
                Optional<CronTimes.Due> due = CronTimes.of(schedule.cron(), schedule.zone()).due(notes.handled().orElse(now), now);
                if (due.isPresent()) {
                    make(datastore, service, due.get(), now);
                }
            }
        } catch (RuntimeException failed) {
            LOG.error("The backup schedule of {} {} cannot be looked after", datastore.title(), service.name(), failed);
        }
    }

    /// A run that the server's end cuts short is not handled: it comes again with the next start.
    private void make(Datastore datastore, Service service, CronTimes.Due due, Instant now) throws InterruptedException {
        due.missed().ifPresent(missed -> LOG.warn("{} {}: {} backups were missed, the latest at {}", datastore.title(), service.name(),
                missed.count(), missed.latest()));
        try {
            backups.makeScheduled(datastore, service, new LogOutput(service.name().value()));
        } catch (RuntimeException failed) {
            LOG.error("{} {} has no backup: {}", datastore.title(), service.name(), failed.getMessage());
        }
        backups.settings().note(service, notes -> notes.withHandled(now, due.missed()));
    }

    @Override
    public List<Finding> examine() {
        List<Finding> findings = new ArrayList<>();
        int scheduled = 0;
        try (Snapshots.Lease lease = snapshots.lease()) {
            for (var datastore : lease.registry().datastores().values()) {
                for (Service service : backups.data().list(datastore.value())) {
                    Notes notes = backups.settings().of(service);
                    scheduled += notes.schedule().isPresent() ? 1 : 0;
                    examine(datastore.value(), service, notes, findings::add);
                }
            }
        }
        return findings.isEmpty() ? List.of(Finding.well(scheduled == 0 ? "none is scheduled" : scheduled + " scheduled, and none failed when it ran last"))
                : findings;
    }

    private static void examine(Datastore datastore, Service service, Notes notes, Consumer<Finding> to) {
        notes.failure().ifPresent(failure -> to.accept(Finding.wrong("the backup of %s %s failed at %s: %s".formatted(datastore.name(), service.name(),
                failure.at().truncatedTo(ChronoUnit.SECONDS), failure.reason()), "Mend that, and try: %s:backup %s%s".formatted(datastore.name(),
                        service.name(), notes.schedule().map(each -> " " + each.place().text()).orElse("")))));
        notes.missed().ifPresent(missed -> to.accept(Finding.warning("%d backups of %s %s were missed, the latest at %s".formatted(missed.count(),
                datastore.name(), service.name(), missed.latest()), "The server did not run then, or other backups took too long")));
    }
}
