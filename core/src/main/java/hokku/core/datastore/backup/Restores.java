package hokku.core.datastore.backup;

import hokku.api.Output;
import hokku.api.Service;
import hokku.api.UserError;
import hokku.api.spi.Datastore;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.file.NoSuchFileException;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Opens backups, for the service itself or for one beside it that proves them.
final class Restores {
    private static final Logger LOG = LoggerFactory.getLogger(Restores.class);

    private final ServiceData data;
    private final Targets targets;
    private final BackupSettings settings;
    private final Clock clock;

    Restores(ServiceData data, Targets targets, BackupSettings settings, Clock clock) {
        this.data = data;
        this.targets = targets;
        this.settings = settings;
        this.clock = clock;
    }

    /// Replaces all data of a service by that of a backup. It is read twice: nothing is touched before the whole of it was found sound.
    ///
    /// @param passphrase that it was made with; empty for the one that is set
    void restore(Datastore datastore, Service service, Backups.Found found, boolean iam, Optional<String> passphrase, Output out)
            throws InterruptedException {
        out.step("Looking through " + found.backup().file() + " at " + found.place());
        read(service, found, iam, passphrase, dump -> {
            String contents = data.verify(datastore, service, dump);
            dump.transferTo(OutputStream.nullOutputStream());
            out.detail(contents);
        });
        out.step("Restoring " + service.name());
        read(service, found, iam, passphrase, dump -> {
            data.restore(datastore, service, dump);
            dump.transferTo(OutputStream.nullOutputStream());
        });
    }

    /// Restores a backup into a service of its own, counts what is in it, and removes that service.
    Backups.Proof prove(Datastore datastore, Service service, Backups.Found found, boolean iam, Optional<String> passphrase, Output out)
            throws InterruptedException {
        out.step("Restoring " + found.backup().file() + " into a service of its own");
        Map<String, Long> restored;
        try (ServiceData.Scratch scratch = data.scratch(datastore, service, out)) {
            read(service, found, iam, passphrase, dump -> {
                scratch.restore(dump);
                dump.transferTo(OutputStream.nullOutputStream());
            });
            restored = new TreeMap<>(scratch.contents());
        } catch (RuntimeException failed) {
            settings.note(service, notes -> notes.withFailure(clock.instant(), "The backup " + found.backup().file() + " could not be restored: " + failed.getMessage()));
            throw failed;
        }
        settings.note(service, notes -> notes.withProof(clock.instant(), found.backup().file()));
        return new Backups.Proof(found, restored, now(datastore, service));
    }

    private Optional<Map<String, Long>> now(Datastore datastore, Service service) throws InterruptedException {
        try {
            return Optional.of(new TreeMap<>(data.contents(datastore, service)));
        } catch (UserError down) {
            LOG.debug("{} cannot be counted", service, down);
            return Optional.empty();
        }
    }

    private interface Use {
        void of(InputStream dump) throws IOException, InterruptedException;
    }

    /// Opens a backup, and looks whether all of what was read is what was written.
    private void read(Service service, Backups.Found found, boolean iam, Optional<String> passphrase, Use use) throws InterruptedException {
        Notes notes = settings.of(service);
        Notes.Place known = settings.places(service, notes, Optional.empty(), false).stream().filter(each -> each.text().equals(found.place())).findFirst()
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
}
