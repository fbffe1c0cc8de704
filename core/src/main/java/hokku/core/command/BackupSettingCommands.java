package hokku.core.command;

import hokku.api.UserError;
import hokku.api.spi.Session;
import hokku.core.command.BackupCommands.OfBackups;
import hokku.core.command.DatastoreCommands.Derived;
import hokku.core.command.DatastoreCommands.OfService;
import hokku.core.command.DatastoreCommands.Shared;
import hokku.core.datastore.backup.BackupSettings;
import hokku.core.datastore.backup.S3Access;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Supplier;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The commands that say how, where and when backups of a service are made.
final class BackupSettingCommands {
    private static final int CRON_FIELDS = 5;

    private BackupSettingCommands() {}

    static List<Supplier<Derived>> of(Shared shared) {
        return List.of(() -> new Authorize(shared), () -> new Deauthorize(shared), () -> new Schedule(shared), () -> new ShowSchedule(shared), () -> new Unschedule(shared), () -> new Encrypt(shared), () -> new Unencrypt(shared), () -> new Retain(shared));
    }

    /// A command that changes what holds for backups of a service.
    private abstract static class Change extends OfService {
        Change(Shared shared, String verb) {
            super(shared, verb);
        }

        @Override
        public hokku.api.Access access() {
            return hokku.api.Access.DEPLOY;
        }

        @Override
        public List<String> audited() {
            return List.of(name().value());
        }
    }

    @CommandLine.Command(description = "Set the key for backups in S3-compatible stores; leave the secret out, or write -, and it is read from the input")
    static final class Authorize extends Change {
        @Parameters(index = "1", arity = "0..1", defaultValue = "", paramLabel = "<aws-access-key-id>", description = "The id of the key")
        private String key;
        @Parameters(index = "2", arity = "0..1", defaultValue = "", paramLabel = "<aws-secret-access-key>", description = "Its secret; from the input without it")
        private String secret;
        @Parameters(index = "3", arity = "0..1", defaultValue = S3Access.USUAL_REGION, paramLabel = "<region>", description = "Region of the bucket: ${DEFAULT-VALUE}")
        private String region;
        @Parameters(index = "4", arity = "0..1", defaultValue = "", paramLabel = "<signature-version>", description = "How requests are signed: s3v4, which is the only way")
        private String signature;
        @Parameters(index = "5", arity = "0..1", defaultValue = "", paramLabel = "<endpoint-url>", description = "Address of the store, where it is not Amazon's")
        private String endpoint;
        @Option(names = "--virtual-hosted", description = "The bucket is part of the host's name, at an endpoint that demands it")
        private boolean virtualHosted;

        Authorize(Shared shared) {
            super(shared, "backup-auth");
        }

        @Override
        public void run(Session session) {
            services().get(datastore(), name());
            if (key.isEmpty()) {
                throw new UserError("Please specify an access key id");
            }
            if (!List.of("", "s3v4", "v4", "4").contains(signature)) {
                throw new UserError("Invalid signature version: requests are signed by s3v4, which every store knows today");
            }
            backups().settings().authorize(datastore(), name(), new S3Access(key, SecretLine.of(secret, "secret access key", session), region, endpoint, virtualHosted));
            if (endpoint.startsWith("http://")) {
                session.out().warn("What goes to " + endpoint + " can be read on its way. Use https, or encrypt: backup-set-encryption");
            }
            session.out().milestone("Backups of " + name() + " use the key " + key);
        }
    }

    @CommandLine.Command(description = "Forget the key for backups in S3-compatible stores")
    static final class Deauthorize extends Change {
        Deauthorize(Shared shared) {
            super(shared, "backup-deauth");
        }

        @Override
        public void run(Session session) {
            backups().settings().deauthorize(datastore(), name());
            session.out().milestone("Backups of " + name() + " have no key any more");
        }
    }

    @CommandLine.Command(description = "Have backups made by a cron expression: <service> \"<minute hour day month weekday>\" [<bucket-or-folder>]")
    static final class Schedule extends OfBackups {
        @Parameters(index = "1..*", arity = "0..*", paramLabel = "<cron> <bucket-or-folder>",
                description = "Five fields, or @hourly, @daily, @weekly, @monthly; then where to, a folder of the server's own without it")
        private List<String> words = new ArrayList<>();
        @Option(names = {"-z", "--timezone"}, paramLabel = "<zone>", description = "Time zone of the expression, such as Europe/Berlin; the server's without it")
        private String zone = "";

        Schedule(Shared shared) {
            super(shared, "backup-schedule");
        }

        /// The quotes around the expression are gone where ssh joins the words, so it may come in five of them.
        private int cronWords() {
            return words.size() > CRON_FIELDS - 1 && !words.getFirst().contains(" ") ? CRON_FIELDS : 1;
        }

        @Override
        Stream<String> named() {
            return words.stream();
        }

        @Override
        public void run(Session session) {
            if (words.isEmpty()) {
                throw new UserError("Please specify a schedule, such as \"0 3 * * *\" or @daily");
            }
            int cron = cronWords();
            if (words.size() > cron + 1) {
                throw new UserError("Invalid schedule: use " + fullName() + " " + name() + " \"0 3 * * *\" <bucket-or-folder>");
            }
            ZoneId where = zone();
            backups().settings().schedule(datastore(), name(), String.join(" ", words.subList(0, cron)), where, words.stream().skip(cron).findFirst(), iam());
            session.out().milestone("Scheduled: " + backups().settings().scheduleText(datastore(), name()));
        }

        private ZoneId zone() {
            try {
                return zone.isEmpty() ? ZoneId.systemDefault() : ZoneId.of(zone);
            } catch (DateTimeException unknown) {
                throw new UserError("Invalid time zone: use a name like Europe/Berlin or UTC");
            }
        }
    }

    @CommandLine.Command(description = "Show when and where backups are made by themselves")
    static final class ShowSchedule extends Change {
        ShowSchedule(Shared shared) {
            super(shared, "backup-schedule-cat");
        }

        @Override
        public hokku.api.Access access() {
            return hokku.api.Access.READ;
        }

        @Override
        public void run(Session session) {
            session.print(backups().settings().scheduleText(datastore(), name()));
        }
    }

    @CommandLine.Command(description = "Make no more backups by themselves")
    static final class Unschedule extends Change {
        Unschedule(Shared shared) {
            super(shared, "backup-unschedule");
        }

        @Override
        public void run(Session session) {
            backups().settings().unschedule(datastore(), name());
            session.out().milestone("No more backups of " + name() + " are made by themselves");
        }
    }

    @CommandLine.Command(description = "Encrypt backups from now on, so that gpg opens them; leave the passphrase out, or write -, and it is read from the input")
    static final class Encrypt extends Change {
        @Parameters(index = "1", arity = "0..1", defaultValue = "", paramLabel = "<passphrase>", description = "The passphrase; from the input without it")
        private String passphrase;

        Encrypt(Shared shared) {
            super(shared, "backup-set-encryption");
        }

        @Override
        public void run(Session session) {
            services().get(datastore(), name());
            backups().settings().encrypt(datastore(), name(), SecretLine.of(passphrase, "passphrase", session));
            session.out().milestone("Backups of " + name() + " are encrypted from now on");
            session.out().detail("Keep the passphrase elsewhere too: without it no backup can be opened once this server is gone");
        }
    }

    @CommandLine.Command(description = "Encrypt backups no more; those that are there stay encrypted")
    static final class Unencrypt extends Change {
        Unencrypt(Shared shared) {
            super(shared, "backup-unset-encryption");
        }

        @Override
        public void run(Session session) {
            backups().settings().unencrypt(datastore(), name());
            session.out().milestone("Backups of " + name() + " are not encrypted any more");
        }
    }

    @CommandLine.Command(description = "Set how many of the backups that the schedule makes are kept; those made by hand always are")
    static final class Retain extends Change {
        @Parameters(index = "1", arity = "0..1", defaultValue = "", paramLabel = "<number>", description = "How many, or all; the usual number without it")
        private String count;

        Retain(Shared shared) {
            super(shared, "backup-set-retention");
        }

        @Override
        public void run(Session session) {
            backups().settings().retain(datastore(), name(), parsed());
            session.out().milestone("Kept of the scheduled backups of " + name() + ": " + (count.isEmpty() ? String.valueOf(BackupSettings.USUAL_RETENTION) : count));
        }

        private OptionalInt parsed() {
            if (count.isEmpty()) {
                return OptionalInt.empty();
            }
            if (count.equals("all")) {
                return OptionalInt.of(0);
            }
            if (!count.matches("[1-9][0-9]{0,3}") || Integer.parseInt(count) > BackupSettings.MOST_RETENTION) {
                throw new UserError("Invalid retention: use a number from 1 to " + BackupSettings.MOST_RETENTION + ", or all");
            }
            return OptionalInt.of(Integer.parseInt(count));
        }
    }
}
