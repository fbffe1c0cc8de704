package hokku.testkit;

import hokku.api.Service;
import hokku.api.spi.Datastore;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;

/// The fake keeps what the contract demands of the real ones.
final class FakeDatastoreTest extends DatastoreContract {
    private final FakeDatastore datastore = new FakeDatastore("fake");

    @Override
    protected Datastore datastore() {
        return datastore;
    }

    @Override
    protected Datastore.Inside start(Service service) {
        return FakeDatastore.newContainer();
    }

    @Override
    protected void write(Service service, Datastore.Inside inside, int count) throws InterruptedException {
        for (int i = 0; i < count; i++) {
            inside.text(Datastore.Call.of("put", UUID.randomUUID().toString(), "value"));
        }
    }

    @Override
    protected List<byte[]> wrongDumps() {
        return List.of("FAKE\n".getBytes(StandardCharsets.UTF_8), "FAKE\na=b\nEND 2\n".getBytes(StandardCharsets.UTF_8));
    }
}
