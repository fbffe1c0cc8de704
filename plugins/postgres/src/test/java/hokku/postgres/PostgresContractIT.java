package hokku.postgres;

import hokku.api.Service;
import hokku.api.ServiceName;
import hokku.api.spi.Datastore;
import hokku.core.datastore.Services;
import hokku.testkit.DatastoreContract;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// PostgreSQL does what every datastore does.
class PostgresContractIT extends DatastoreContract {
    @TempDir
    private Path folder;
    private RealServices real;

    @BeforeEach
    void open() throws Exception {
        real = new RealServices(folder);
    }

    @AfterEach
    void close() throws Exception {
        real.close();
    }

    @Override
    protected Datastore datastore() {
        return real.postgres;
    }

    @Override
    protected Datastore.Inside start(Service service) throws Exception {
        Service made = real.services.create(real.postgres, ServiceName.of(service.name().value()),
                new Services.Wish(service.image(), each -> each.withPasswords(service.password(), service.password())), real.out);
        return real.inside(made);
    }

    @Override
    protected void write(Service service, Datastore.Inside inside, int count) throws Exception {
        new Client(service, inside).sql("""
                CREATE TABLE IF NOT EXISTS "Odd 's Näme|2" (n bigserial PRIMARY KEY, text text);
                INSERT INTO "Odd 's Näme|2" (text) SELECT md5(random()::text) FROM generate_series(1, %d);
                """.formatted(count));
    }

    @Override
    protected List<byte[]> wrongDumps() {
        return List.of("-- PostgreSQL database dump\nSET statement_timeout = 0;\n".getBytes(StandardCharsets.UTF_8),
                "PGDMP and then something else".getBytes(StandardCharsets.UTF_8), "REDIS0011".getBytes(StandardCharsets.UTF_8));
    }
}
