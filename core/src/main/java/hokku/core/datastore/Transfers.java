package hokku.core.datastore;

import hokku.api.Service;
import hokku.api.ServiceName;
import hokku.api.UserError;
import hokku.api.spi.Datastore;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PushbackInputStream;

/// Dumps that go out to a user and come back.
public final class Transfers {
    private final Services services;

    public Transfers(Services services) {
        this.services = services;
    }

    /// Writes all data of a service, and nothing else. Others may use and change the service meanwhile.
    ///
    /// @throws UserError when what was written is not all
    public void export(Datastore datastore, ServiceName name, OutputStream to) throws InterruptedException {
        Counted counted = new Counted(to);
        try {
            services.dump(datastore, services.get(datastore, name), counted);
            counted.flush();
        } catch (UserError failed) {
            throw counted.bytes == 0 ? failed : new UserError(failed.exitCode(), "The export of %s failed after %d bytes. They are no whole dump: throw them away.\n%s"
                    .formatted(name, counted.bytes, failed.getMessage()), failed);
        } catch (IOException gone) {
            throw new UserError(UserError.FAILED, "The export of " + name + " was not taken to its end: " + gone.getMessage(), gone);
        }
        if (counted.bytes == 0) {
            throw new UserError("The export of " + name + " is empty, so it is no dump. See " + datastore.name() + ":logs " + name);
        }
    }

    /// Replaces all data of a service by what is read.
    ///
    /// @throws UserError when nothing comes, or what comes is no dump; the data is what it was then
    public void restore(Datastore datastore, ServiceName name, InputStream from) throws InterruptedException {
        services.demandRunning(services.get(datastore, name));
        PushbackInputStream dump = new PushbackInputStream(from);
        try {
            int first = dump.read();
            if (first < 0) {
                throw new UserError("No data provided on stdin. Give a dump: %s:import %s < db.dump".formatted(datastore.name(), name));
            }
            dump.unread(first);
        } catch (IOException gone) {
            throw new UserError(UserError.FAILED, "The dump could not be read: " + gone.getMessage() + ". Nothing was changed", gone);
        }
        // Only now: whoever waits for the first byte keeps nobody from the service.
        try (Services.Held _ = services.hold(datastore, name)) {
            Service service = services.get(datastore, name);
            services.restore(datastore, service, dump);
        }
    }

    /// Counts what goes through. Used by one thread at a time.
    private static final class Counted extends OutputStream {
        private final OutputStream to;
        private volatile long bytes;

        private Counted(OutputStream to) {
            this.to = to;
        }

        @Override
        public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] from, int offset, int length) throws IOException {
            to.write(from, offset, length);
            bytes += length;
        }

        @Override
        public void flush() throws IOException {
            to.flush();
        }
    }
}
