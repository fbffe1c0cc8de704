package hokku.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hokku.api.Service;
import hokku.api.ServiceId;
import hokku.api.ServiceName;
import hokku.api.UserError;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PostgresTest {
    private final Postgres postgres = new Postgres();

    private static Service service(String name, String image, String password) {
        return Service.create("postgres", ServiceName.of(name), ServiceId.random(), image, "data", password, Instant.EPOCH);
    }

    @ParameterizedTest
    @CsvSource({
        "postgres:15, /var/lib/postgresql/data, /var/lib/postgresql/data",
        "postgres:17.2-bookworm, /var/lib/postgresql/data, /var/lib/postgresql/data",
        "pgvector/pgvector:0.8.0-pg17, /var/lib/postgresql/data, /var/lib/postgresql/data",
        "postgres:18, /var/lib/postgresql, /var/lib/postgresql/18/docker",
        "postgres:18.1-alpine, /var/lib/postgresql, /var/lib/postgresql/18/docker",
        "postgres:latest, /var/lib/postgresql, /var/lib/postgresql/docker",
    })
    void theVolumeIsWhereTheImageKeepsItsData(String image, String folder, String data) {
        Service service = service("db", image, "secret");
        assertThat(postgres.folder(service)).isEqualTo(folder);
        assertThat(postgres.startup(service).env().get("PGDATA")).contains(data);
    }

    @ParameterizedTest
    @CsvSource({"17, 17.2, true", "17-alpine, 17-bookworm, false", "17-alpine, 17.2-alpine3.20, true", "15, 17, false", "latest, latest, true", "latest, 17, false", "pg16, 16.3, true",
        "0.8.0-pg17, 0.8.0-pg16, false"})
    void dataIsOfOneFormWithinAMajorVersion(String version, String other, boolean same) {
        assertThat(postgres.sameForm(version, other)).isEqualTo(same);
    }

    @Test
    void anAddressIsQuoted() {
        assertThat(postgres.address(service("my-db", "postgres:17", "a/b@c:d é%"), "dokku-postgres-my-db", 5432))
                .isEqualTo("postgres://postgres:a%2Fb%40c%3Ad%20%C3%A9%25@dokku-postgres-my-db:5432/my_db");
    }

    @Test
    void aDatabaseIsNotNamedLikeATemplate() {
        assertThat(postgres.address(service("template1", "postgres:17", "x"), "host", 1)).endsWith("/template1_");
    }

    @Test
    void aPasswordOfSeveralLinesIsRefused() {
        assertThatThrownBy(() -> postgres.startup(service("db", "postgres:17", "a\nb"))).isInstanceOf(UserError.class);
        assertThatThrownBy(() -> postgres.startup(service("db", "postgres:17", ""))).isInstanceOf(UserError.class);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "'-- PostgreSQL database dump\n'|is an SQL script",
        "'\n\nSET client_encoding = 1;'|is an SQL script",
        "''|is empty",
        "toc.dat|tar format",
        "hello|no dump of PostgreSQL",
    })
    void whatIsNoDumpIsNamed(String text, String said) {
        assertThatThrownBy(() -> DumpForm.demand(service("db", "postgres:17", "x"), new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8))))
                .isInstanceOf(UserError.class).hasMessageContaining(said).hasMessageContaining("was not touched");
    }

    @Test
    void aCompressedDumpIsNamed() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write("PGDMP".getBytes(StandardCharsets.UTF_8));
        }
        assertThatThrownBy(() -> DumpForm.demand(service("db", "postgres:17", "x"), new ByteArrayInputStream(bytes.toByteArray())))
                .hasMessageContaining("compressed with gzip").hasMessageContaining("gunzip");
    }

    @Test
    void whatPgRestoreSaysIsExplained() {
        assertThat(DumpForm.explained("restored", "pg_restore: error: could not read from input file: end of file")).contains("is not whole");
        assertThat(DumpForm.explained("restored", "pg_restore: error: unsupported version (1.16) in file header")).contains("newer version").contains("upgrade");
        assertThat(DumpForm.explained("restored", "No space left on device")).isEqualTo("The dump could not be restored to its end: No space left on device");
    }

    @Test
    void aDumpIsPassedOnWhole() throws IOException {
        byte[] dump = ("PGDMP" + "x".repeat(2000)).getBytes(StandardCharsets.UTF_8);
        assertThat(DumpForm.demand(service("db", "postgres:17", "x"), new ByteArrayInputStream(dump)).readAllBytes()).isEqualTo(dump);
    }
}
