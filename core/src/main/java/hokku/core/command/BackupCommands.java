package hokku.core.command;

import hokku.api.Access;
import hokku.api.UserError;
import hokku.api.spi.Session;
import hokku.core.command.DatastoreCommands.Derived;
import hokku.core.command.DatastoreCommands.OfService;
import hokku.core.command.DatastoreCommands.Shared;
import hokku.core.datastore.backup.Backup;
import hokku.core.datastore.backup.Backups;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The commands that make backups of a service and use them.
final class BackupCommands {
    private BackupCommands() {}

    static List<Supplier<Derived>> of(Shared shared) {
        return List.of(() -> new Make(shared), () -> new Listing(shared), () -> new Verify(shared), () -> new Restore(shared), () -> new Delete(shared));
    }

    /// A command about backups of a service.
    abstract static class OfBackups extends OfService {
        @Option(names = {"-u", "--use-iam"}, description = "Open the bucket with the role of the machine, instead of a key of backup-auth")
        private boolean iam;

        OfBackups(Shared shared, String verb) {
            super(shared, verb);
        }

        final boolean iam() {
            return iam;
        }

        /// What else goes into the audit log: never a secret.
        Stream<String> named() {
            return Stream.of();
        }

        @Override
        public Access access() {
            // What the machine's role may do in every bucket that it reaches is for an administrator to lend.
            return iam ? Access.ADMIN : Access.DEPLOY;
        }

        @Override
        public final List<String> audited() {
            return Stream.concat(Stream.of(name().value()), named().filter(each -> !each.isEmpty())).toList();
        }

        static Optional<String> given(String word) {
            return Optional.of(word).filter(each -> !each.isEmpty());
        }
    }

    @CommandLine.Command(description = "Make a backup, in a bucket of an S3-compatible store or in a folder of the server")
    static final class Make extends OfBackups {
        @Parameters(index = "1", arity = "0..1", defaultValue = "", paramLabel = "<bucket-or-folder>",
                description = "A bucket, s3://<bucket>/<folder>, or a folder's absolute path; a folder of the server's own without it")
        private String place;

        Make(Shared shared) {
            super(shared, "backup");
        }

        @Override
        Stream<String> named() {
            return Stream.of(place);
        }

        @Override
        public void run(Session session) throws InterruptedException {
            Backups.Found made = backups().make(datastore(), name(), given(place), iam(), session.out());
            session.out().milestone("Backup made: " + made.place() + "/" + made.backup().file());
        }
    }

    @CommandLine.Command(description = "List the backups of a service, the newest first")
    static final class Listing extends OfBackups {
        @Parameters(index = "1", arity = "0..1", defaultValue = "", paramLabel = "<bucket-or-folder>",
                description = "Where to look; every place that was used lately without it")
        private String place;
        @Mixin
        private final OutputFormat format = new OutputFormat();

        Listing(Shared shared) {
            super(shared, "backup-list");
        }

        @Override
        public Access access() {
            return iam() ? Access.ADMIN : Access.READ;
        }

        @Override
        Stream<String> named() {
            return Stream.of(place);
        }

        @Override
        public void run(Session session) throws InterruptedException {
            boolean json = format.isJson();
            List<Backups.Found> all = backups().list(datastore(), name(), given(place), iam(), session.out());
            if (json) {
                session.json(all.stream().map(Listing::fields).toList());
                return;
            }
            session.out().milestone(name() + " " + datastore().name() + " backups");
            for (Backups.Found each : all) {
                Backup backup = each.backup();
                session.print("%s  %10s  %s%s%s  %s".formatted(backup.file(), Backup.size(backup.size()), backup.contents(),
                        backup.encrypted() ? ", encrypted" : "", backup.scheduled() ? ", by schedule" : "", each.place()));
            }
        }

        private static Map<String, Object> fields(Backups.Found found) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("backup", found.backup().file());
            fields.put("place", found.place());
            fields.put("made", found.backup().made());
            fields.put("size", found.backup().size());
            fields.put("sha256", found.backup().sha256());
            fields.put("contents", found.backup().contents());
            fields.put("image", found.backup().image());
            fields.put("encrypted", found.backup().encrypted());
            fields.put("scheduled", found.backup().scheduled());
            return fields;
        }
    }

    /// A command about one backup.
    private abstract static class OfOne extends OfBackups {
        @Parameters(index = "2", arity = "0..1", defaultValue = "", paramLabel = "<bucket-or-folder>",
                description = "Where it is; looked for in every place that was used lately without it")
        private String place;
        @Option(names = {"-p", "--passphrase"}, description = "Read the passphrase that it was made with from the input, instead of using the one that is set")
        private boolean passphrase;

        OfOne(Shared shared, String verb) {
            super(shared, verb);
        }

        abstract String backup();

        final Optional<String> place() {
            return given(place);
        }

        final Optional<String> passphrase(Session session) {
            return passphrase ? Optional.of(SecretLine.of("", "passphrase", session)) : Optional.empty();
        }

        @Override
        Stream<String> named() {
            return Stream.of(backup(), place);
        }
    }

    @CommandLine.Command(description = "Prove a backup: restore it into a service of its own, and count what is in it")
    static final class Verify extends OfOne {
        private static final String NOW = "%s  %d (now %s)";

        @Parameters(index = "1", arity = "0..1", defaultValue = Backups.NEWEST, paramLabel = "<backup>",
                description = "Which one, as backup-list names it; the newest without it")
        private String backup;

        Verify(Shared shared) {
            super(shared, "backup-verify");
        }

        @Override
        String backup() {
            return backup;
        }

        @Override
        public void run(Session session) throws InterruptedException {
            Backups.Proof proof = backups().prove(datastore(), name(), backup, place(), iam(), passphrase(session), session.out());
            Map<String, Long> restored = proof.restored();
            Map<String, Long> now = proof.now().orElse(Map.of());
            TreeSet<String> parts = new TreeSet<>(restored.keySet());
            parts.addAll(now.keySet());
            for (String part : parts) {
                session.print(NOW.formatted(part, restored.getOrDefault(part, 0L), proof.now().isEmpty() ? "not counted: it does not run"
                        : now.containsKey(part) ? now.get(part).toString() : "not there"));
            }
            long missing = now.keySet().stream().filter(part -> !restored.containsKey(part)).count();
            if (missing > 0) {
                session.out().warn(missing + " of them are not in the backup: they came later, or something is wrong");
            }
            session.out().milestone("%s is sound: %d entries in all".formatted(proof.found().backup().file(),
                    restored.values().stream().mapToLong(Long::longValue).sum()));
        }
    }

    @CommandLine.Command(description = "Replace all data of a service by that of a backup")
    static final class Restore extends OfOne {
        @Parameters(index = "1", arity = "0..1", defaultValue = Backups.NEWEST, paramLabel = "<backup>",
                description = "Which one, as backup-list names it; the newest without it")
        private String backup;

        Restore(Shared shared) {
            super(shared, "backup-restore");
        }

        @Override
        String backup() {
            return backup;
        }

        @Override
        public void run(Session session) throws InterruptedException {
            services().get(datastore(), name());
            // The passphrase first: it is the first line where both come from the input.
            Optional<String> passphrase = passphrase(session);
            session.confirm(name().value(), "This command will replace all data of the " + datastore().name() + " service " + name()
                    + " by that of the backup " + backup + ".");
            Backups.Found restored = backups().restore(datastore(), name(), backup, place(), iam(), passphrase, session.out());
            session.out().milestone("Restored " + name() + " from " + restored.backup().file());
        }
    }

    @CommandLine.Command(description = "Remove a backup")
    static final class Delete extends OfOne {
        @Parameters(index = "1", arity = "0..1", defaultValue = "", paramLabel = "<backup>", description = "Which one, as backup-list names it")
        private String backup;

        Delete(Shared shared) {
            super(shared, "backup-delete");
        }

        @Override
        String backup() {
            return backup;
        }

        @Override
        public void run(Session session) throws InterruptedException {
            services().get(datastore(), name());
            if (backup.isEmpty()) {
                throw new UserError("Please specify a backup. See " + datastore().name() + ":backup-list " + name());
            }
            session.confirm(name().value(), "This command will remove the backup " + backup + " of the " + datastore().name() + " service " + name() + ".");
            Backups.Found gone = backups().delete(datastore(), name(), backup, place(), iam(), session.out());
            session.out().milestone("Backup removed: " + gone.place() + "/" + gone.backup().file());
        }
    }
}
