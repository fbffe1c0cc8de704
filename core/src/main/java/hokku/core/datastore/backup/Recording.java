package hokku.core.datastore.backup;

import hokku.api.Service;
import hokku.api.UserError;
import hokku.api.spi.Datastore;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/// One dump on its way to a place: encrypted where that is wanted, measured, and at the same time looked through by the datastore, so
/// that it is never kept anywhere on the way.
final class Recording {
    private final ServiceData data;
    private final Datastore datastore;
    private final Service service;
    private final Target.Sink sink;
    private final Optional<String> passphrase;
    /// What the place, or the look, refused. Whoever dumps hears of it as of a reader that went away, if at all.
    private volatile Optional<Exception> refusal = Optional.empty();

    Recording(ServiceData data, Datastore datastore, Service service, Target.Sink sink, Optional<String> passphrase) {
        this.data = data;
        this.datastore = datastore;
        this.service = service;
        this.sink = sink;
        this.passphrase = passphrase;
    }

    /// @param contents what was found in the dump
    record Result(long size, String sha256, String contents) {}

    /// @throws UserError when any part of it failed: nothing is kept once the sink was aborted
    Result run() throws InterruptedException {
        Hose hose = new Hose();
        CompletableFuture<String> look = look(hose);
        Measured.Out stored = new Measured.Out(sink);
        boolean whole = false;
        try {
            OutputStream kept = passphrase.isPresent() ? Encryption.encrypt(stored, passphrase.get()) : stored;
            data.dump(datastore, service, new Both(kept, hose, look));
            demandNoRefusal();
            if (passphrase.isPresent()) {
                kept.close();
            }
            hose.end();
            String contents = outcome(look);
            if (Thread.interrupted()) {
                throw new InterruptedException("interrupted while backing up " + service.name());
            }
            String sha256 = stored.sha256();
            sink.commit(stored.size(), sha256);
            whole = true;
            return new Result(stored.size(), sha256, contents);
        } catch (InterruptedIOException interrupted) {
            throw new InterruptedException("interrupted while backing up " + service.name());
        } catch (IOException failed) {
            throw new UserError(UserError.FAILED, failed.getMessage(), failed);
        } catch (InterruptedException | RuntimeException failed) {
            demandNoRefusal();
            throw failed;
        } finally {
            if (!whole) {
                hose.breakOff();
            }
        }
    }

    /// The reason is told rather than what came of it.
    private void demandNoRefusal() throws InterruptedException {
        if (refusal.isPresent()) {
            Exception reason = refusal.get();
            if (reason instanceof InterruptedIOException) {
                throw new InterruptedException("interrupted while backing up " + service.name());
            }
            // The one who dumped may have been told by an interrupt.
            Thread.interrupted();
            throw reason instanceof UserError told ? told : new UserError(UserError.FAILED, reason.getMessage(), reason);
        }
    }

    private CompletableFuture<String> look(Hose hose) {
        CompletableFuture<String> found = new CompletableFuture<>();
        Thread.ofVirtual().name("verify " + service.name()).start(() -> {
            try {
                found.complete(data.verify(datastore, service, hose.out()));
            } catch (Throwable failed) {
                found.completeExceptionally(failed);
            } finally {
                hose.release();
            }
        });
        return found;
    }

    private String outcome(CompletableFuture<String> look) throws InterruptedException {
        try {
            return look.get();
        } catch (ExecutionException failed) {
            throw unsound(failed.getCause());
        }
    }

    private UserError unsound(Throwable reason) {
        return new UserError(UserError.FAILED, "The dump of %s is not sound, so it is no backup: %s".formatted(service.name(),
                Optional.ofNullable(reason.getMessage()).orElseGet(reason::toString)), reason);
    }

    private final class Both extends OutputStream {
        private final OutputStream kept;
        private final Hose hose;
        private final CompletableFuture<String> look;

        private Both(OutputStream kept, Hose hose, CompletableFuture<String> look) {
            this.kept = kept;
            this.hose = hose;
            this.look = look;
        }

        @Override
        public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            try {
                if (look.isCompletedExceptionally()) {
                    throw unsound(look.exceptionNow());
                }
                kept.write(bytes, offset, length);
                hose.write(bytes, offset, length);
            } catch (IOException | RuntimeException failed) {
                refusal = refusal.or(() -> Optional.of(failed));
                throw failed;
            }
        }
    }
}
