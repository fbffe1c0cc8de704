package hokku.core.datastore.backup;

import hokku.api.Output;
import hokku.api.Service;
import hokku.api.ServiceName;
import hokku.api.spi.Datastore;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What backups need of services.
///
/// What goes wrong is a [hokku.api.UserError].
public interface ServiceData {
    /// @throws hokku.api.UserError when there is none
    Service get(Datastore datastore, ServiceName name);

    /// The service as it is now, under whatever name; empty when it is gone.
    Optional<Service> now(Service service);

    List<Service> list(Datastore datastore);

    /// Where the files are kept that belong to a service.
    Path folder(Service service);

    void dump(Datastore datastore, Service service, OutputStream to) throws InterruptedException;

    String verify(Datastore datastore, Service service, InputStream dump) throws InterruptedException;

    void restore(Datastore datastore, Service service, InputStream dump) throws InterruptedException;

    Map<String, Long> contents(Datastore datastore, Service service) throws InterruptedException;

    /// Makes a service with nothing in it beside another one, with the same image and a volume of its own.
    Scratch scratch(Datastore datastore, Service like, Output out) throws InterruptedException;

    /// Removes those that a server left behind which was killed.
    void removeScratches();

    /// A service for a while.
    interface Scratch extends AutoCloseable {
        void restore(InputStream dump) throws InterruptedException;

        Map<String, Long> contents() throws InterruptedException;

        /// Removes it with its volume.
        @Override
        void close();
    }
}
