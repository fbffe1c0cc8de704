package hokku.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Backups by the commands that people use, into a folder and into a bucket.
@Timeout(400)
class BackupIT {
    /// A schedule is looked at every so often, and knows no less than a minute.
    private static final Duration MINUTES = Duration.ofSeconds(150);
    private static final String PLACE = "s3://" + Bucket.NAME + "/of/hokku";
    private static final String PASSPHRASE = "correct horse battery";
    private static final String WRONG_SECRET = "not-the-secret";
    private static final String COUNT = "SELECT count(*), sum(id) FROM notes;\n";
    private static final String THOUSAND = "1000|500500";

    private static String sql(TestServer server, String sql) throws Exception {
        Running.Result asked = server.ssh(("\\pset format unaligned\n\\pset tuples_only on\n" + sql).getBytes(StandardCharsets.UTF_8), "postgres:connect", "db");
        assertThat(asked.exit()).as(asked.text()).isZero();
        return asked.out();
    }

    private static Running.Result secret(TestServer server, String secret, String... command) throws Exception {
        Running.Result said = server.ssh((secret + "\n").getBytes(StandardCharsets.UTF_8), command);
        assertThat(said.exit()).as(said.text()).isZero();
        assertThat(said.text()).doesNotContain(secret);
        return said;
    }

    private static void authorize(TestServer server, Bucket bucket, String secret) throws Exception {
        secret(server, secret, "postgres:backup-auth", "db", Bucket.KEY, "-", "eu-central-1", "s3v4", bucket.address());
    }

    private static JsonNode list(TestServer server, String... place) throws Exception {
        return new ObjectMapper().readTree(server.dokku(Stream.concat(Stream.of("postgres:backup-list", "db", "--format", "json"), Stream.of(place))
                .toArray(String[]::new)));
    }

    private static void demandRestored(TestServer server, String... words) throws Exception {
        sql(server, "DELETE FROM notes WHERE id % 2 = 0; CREATE TABLE later (id bigint);\n");
        Running.Result restored = server.ssh(words);
        assertThat(restored.exit()).as(restored.text()).isZero();
        assertThat(sql(server, COUNT)).contains(THOUSAND);
        assertThat(sql(server, "SELECT 'later ' || count(*) FROM pg_tables WHERE tablename = 'later';\n")).contains("later 0");
    }

    @Test
    void rowsComeBackFromAFolderAndFromABucket() throws Exception {
        try (TestServer server = TestServer.start(); Bucket bucket = new Bucket()) {
            server.dokku("postgres:create", "db");
            sql(server, "CREATE TABLE notes (id bigint PRIMARY KEY); INSERT INTO notes SELECT generate_series(1, 1000);\n");

            Path folder = server.home().resolve("backups/postgres/db");
            assertThat(server.dokku("postgres:backup", "db")).contains("Backup made: " + folder + "/postgres-db-");
            JsonNode plain = list(server);
            assertThat(plain).hasSize(1);
            assertThat(plain.get(0).path("place").asText()).isEqualTo(folder.toString());
            assertThat(plain.get(0).path("encrypted").asBoolean()).isFalse();
            assertThat(plain.get(0).path("size").asLong()).isEqualTo(Files.size(folder.resolve(plain.get(0).path("backup").asText())));
            assertThat(server.dokku("postgres:backup-verify", "db")).contains("1000 (now 1000)", "is sound");
            demandRestored(server, "postgres:backup-restore", "db", "latest", "--force");

            authorize(server, bucket, WRONG_SECRET);
            secret(server, PASSPHRASE, "postgres:backup-set-encryption", "db", "-");
            Running.Result refused = server.ssh("postgres:backup", "db", PLACE);
            assertThat(refused.exit()).isNotZero();
            assertThat(refused.err()).contains("refuses the access key for bucket " + Bucket.NAME, "backup-auth").doesNotContain("\tat ");
            assertThat(server.dokku("postgres:info", "db", "--backup-failure")).contains("refuses the access key");
            assertThat(bucket.keys()).isEmpty();

            authorize(server, bucket, Bucket.SECRET);
            assertThat(server.dokku("postgres:backup", "db", PLACE)).contains("Backup made: " + PLACE + "/postgres-db-");
            assertThat(server.dokku("postgres:info", "db", "--backup-failure").strip()).isEqualTo("-");
            JsonNode encrypted = list(server, PLACE);
            assertThat(encrypted).hasSize(1);
            String file = encrypted.get(0).path("backup").asText();
            assertThat(encrypted.get(0).path("encrypted").asBoolean()).isTrue();
            assertThat(bucket.keys()).containsExactly("of/hokku/" + file, "of/hokku/" + file + ".json");
            assertThat(new String(bucket.content("of/hokku/" + file), StandardCharsets.ISO_8859_1)).doesNotContain("PGDMP", "notes");
            assertThat(server.dokku("postgres:backup-verify", "db", "latest", PLACE)).contains("1000 (now 1000)", file + " is sound");
            demandRestored(server, "postgres:backup-restore", "db", "latest", PLACE, "--force");
            assertThat(list(server)).hasSize(2);

            Running.Result closed = server.ssh("a former one\n".getBytes(StandardCharsets.UTF_8), "postgres:backup-restore", "db", "latest", PLACE, "--force",
                    "--passphrase");
            assertThat(closed.exit()).isNotZero();
            assertThat(closed.err()).contains("The passphrase does not open " + file, "--passphrase").doesNotContain("\tat ");
            assertThat(sql(server, COUNT)).contains(THOUSAND);

            byMinute(server);
            demandNoSecrets(server);
            server.dokku("postgres:destroy", "db", "--force");
            assertThat(folder).isNotEmptyDirectory();
        }
    }

    private static void byMinute(TestServer server) throws Exception {
        server.dokku("postgres:backup-schedule", "db", "\"*/1 * * * *\"", PLACE, "--timezone", "UTC");
        assertThat(server.dokku("postgres:info", "db", "--backup-schedule").strip()).isEqualTo("*/1 * * * * UTC " + PLACE);
        await("a backup of the schedule").atMost(MINUTES).pollInterval(Duration.ofSeconds(2)).untilAsserted(() -> assertThat(list(server, PLACE))
                .anyMatch(each -> each.path("scheduled").asBoolean()));
        server.dokku("postgres:backup-unschedule", "db");
        assertThat(server.dokku("postgres:info", "db", "--backup-failure").strip()).isEqualTo("-");
    }

    /// Neither the audit log nor the server's own has them, and what keeps them is read by nobody else.
    private static void demandNoSecrets(TestServer server) throws IOException {
        assertThat(Files.readString(server.home().resolve("audit.jsonl"))).contains("backup-set-encryption", "backup-auth")
                .doesNotContain(PASSPHRASE, WRONG_SECRET, Bucket.SECRET);
        for (String secret : new String[] {PASSPHRASE, WRONG_SECRET, Bucket.SECRET}) {
            assertThat(server.logged(secret)).isZero();
        }
        try (Stream<Path> files = Files.walk(server.home())) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String text = Files.readString(file, StandardCharsets.ISO_8859_1);
                if (text.contains(PASSPHRASE) || text.contains(Bucket.SECRET)) {
                    assertThat(file).hasFileName("backup.json");
                    assertThat(Files.getPosixFilePermissions(file)).hasToString("[OWNER_READ, OWNER_WRITE]");
                }
            }
        }
    }
}
