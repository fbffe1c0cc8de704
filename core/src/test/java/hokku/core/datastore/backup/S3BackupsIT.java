package hokku.core.datastore.backup;

import static hokku.core.datastore.backup.BackupHouse.DB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hokku.api.UserError;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Object;

/// Backups in a store that a server keeps, over a network that has faults.
@Timeout(120)
class S3BackupsIT {
    private static final int TWENTY_MEGABYTES = 20 << 20;
    private static S3Server server;
    private static S3Client client;
    private static int buckets;

    @TempDir
    private Path folder;
    private BackupHouse house;
    private Relay relay;
    private String bucket;
    private Optional<String> place;

    @BeforeAll
    static void start() throws Exception {
        server = new S3Server();
        client = S3Client.builder().endpointOverride(URI.create("http://127.0.0.1:" + server.port())).region(Region.US_EAST_1).forcePathStyle(true)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create(S3Server.KEY, S3Server.SECRET)))
                .httpClient(UrlConnectionHttpClient.create()).build();
    }

    @AfterAll
    static void stop() throws Exception {
        client.close();
        server.stop();
    }

    @BeforeEach
    void build() throws Exception {
        bucket = "bucket-" + ++buckets;
        client.createBucket(create -> create.bucket(bucket));
        place = Optional.of("s3://" + bucket + "/of/hokku");
        house = new BackupHouse(folder);
        relay = new Relay(server.port());
        house.backups.settings().authorize(house.datastore, DB, S3Server.access(relay.port(), S3Server.SECRET));
    }

    @AfterEach
    void end() throws Exception {
        relay.close();
    }

    private List<String> keys() {
        return client.listObjectsV2(list -> list.bucket(bucket)).contents().stream().map(S3Object::key).toList();
    }

    private void demandNothingLeft() {
        assertThat(keys()).isEmpty();
        assertThat(client.listMultipartUploads(list -> list.bucket(bucket)).uploads()).isEmpty();
    }

    private void large() {
        house.data.noise = new byte[TWENTY_MEGABYTES + 17];
        new Random(3).nextBytes(house.data.noise);
    }

    @Test
    void aSmallBackupIsKeptAndRestored() throws Exception {
        house.make(place);
        assertThat(keys()).containsExactly("of/hokku/postgres-db-20261120T020000Z.dump", "of/hokku/postgres-db-20261120T020000Z.dump.json");
        house.put("b", "2");
        house.backups.restore(house.datastore, DB, Backups.NEWEST, Optional.empty(), false, Optional.empty(), house.out);
        assertThat(house.data.container.data()).isEqualTo(Map.of("a", "1"));
    }

    @Test
    void aBareNameIsABucket() throws Exception {
        house.make(Optional.of(bucket));
        assertThat(keys()).contains("postgres-db-20261120T020000Z.dump");
    }

    @Test
    void aLargeBackupGoesInParts() throws Exception {
        large();
        Backups.Found made = house.make(place);
        assertThat(made.backup().size()).isEqualTo(house.data.noise.length);
        byte[] kept = client.getObjectAsBytes(get -> get.bucket(bucket).key("of/hokku/" + made.backup().file())).asByteArray();
        assertThat(kept).isEqualTo(house.data.noise);
        assertThat(client.headObject(head -> head.bucket(bucket).key("of/hokku/" + made.backup().file())).eTag()).endsWith("-3\"");
    }

    /// Two connections fail, then all is well again: nobody notices.
    @ParameterizedTest
    @EnumSource(Relay.Fault.class)
    void twoFaultsInTheMiddleOfAnUploadAreGotOver(Relay.Fault fault) throws Exception {
        large();
        relay.fail(fault, 3, 2);
        Backups.Found made = house.make(place);
        assertThat(relay.failed()).isTrue();
        byte[] kept = client.getObjectAsBytes(get -> get.bucket(bucket).key("of/hokku/" + made.backup().file())).asByteArray();
        assertThat(kept).isEqualTo(house.data.noise);
        assertThat(client.listMultipartUploads(list -> list.bucket(bucket)).uploads()).isEmpty();
    }

    /// Whichever request it is: the list of what is there, the beginning of an upload, a part, its end.
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 5, 6})
    void anAnswerThatIsCutOffIsAskedForAgain(int after) throws Exception {
        large();
        relay.fail(Relay.Fault.LOSE_ANSWER, after, 1);
        Backups.Found made = house.make(place);
        assertThat(relay.failed()).isTrue();
        assertThat(client.getObjectAsBytes(get -> get.bucket(bucket).key("of/hokku/" + made.backup().file())).asByteArray()).isEqualTo(house.data.noise);
    }

    @ParameterizedTest
    @EnumSource(Relay.Fault.class)
    void twoFaultsWhileRestoringAreGotOver(Relay.Fault fault) throws Exception {
        large();
        house.make(place);
        relay.fail(fault, 2, 2);
        assertThat(house.backups.prove(house.datastore, DB, Backups.NEWEST, place, false, Optional.empty(), house.out).restored()).containsKey("keys");
        assertThat(relay.failed()).isTrue();
        assertThat(house.data.scratches).hasValue(0);
    }

    @ParameterizedTest
    @EnumSource(Relay.Fault.class)
    void aStoreThatIsGoneIsAClearFailure(Relay.Fault fault) throws Exception {
        relay.fail(fault, 0, 1000);
        long begun = System.nanoTime();
        assertThatThrownBy(() -> house.make(place)).isInstanceOf(UserError.class).hasMessageContaining("127.0.0.1:" + relay.port())
                .hasMessageContaining("after 4 attempts");
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(20));
        assertThat(house.backups.settings().info(house.service()).get("backup-failure")).contains("does not answer as it should");
        demandNothingLeft();
    }

    @Test
    void aStoreThatGoesAwayInTheMiddleKeepsNoFile() throws Exception {
        large();
        relay.fail(Relay.Fault.REFUSE, 4, 1000);
        assertThatThrownBy(() -> house.make(place)).isInstanceOf(UserError.class).hasMessageContaining("after 4 attempts");
        assertThat(keys()).isEmpty();
        // What was sent lies there, since nobody could be told. It goes when it is old, with the next backup.
        relay.fail(Relay.Fault.REFUSE, 0, 0);
        assertThat(client.listMultipartUploads(list -> list.bucket(bucket)).uploads()).hasSize(1);
        house.clock.set(Instant.now().plus(Duration.ofHours(25)));
        house.make(place);
        assertThat(client.listMultipartUploads(list -> list.bucket(bucket)).uploads()).isEmpty();
    }

    /// One that was killed just before it said what it had written.
    @Test
    void aDumpThatNothingIsSaidOfGoesWhenItIsADayOld() throws Exception {
        String left = "of/hokku/postgres-db-20261119T020000Z.dump";
        client.putObject(put -> put.bucket(bucket).key(left), RequestBody.fromString("FAKE"));
        house.clock.set(Instant.now().plus(Duration.ofHours(23)));
        house.make(place);
        assertThat(keys()).hasSize(3).contains(left);
        house.clock.set(Instant.now().plus(Duration.ofHours(25)));
        house.make(place);
        assertThat(keys()).hasSize(4).doesNotContain(left);
    }

    @Test
    void aDatabaseThatDiesInTheMiddleLeavesNothing() throws Exception {
        large();
        house.data.afterDump = () -> {
            throw new UserError("pg_dump failed with exit code 137");
        };
        assertThatThrownBy(() -> house.make(place)).hasMessageContaining("137");
        demandNothingLeft();
    }

    @Test
    void anInterruptLeavesNothing() throws Exception {
        large();
        house.data.afterDump = () -> Thread.currentThread().interrupt();
        assertThatThrownBy(() -> house.make(place)).isInstanceOf(InterruptedException.class);
        demandNothingLeft();
    }

    @Test
    void aWrongSecretAndAMissingBucketAreSaid() {
        assertThatThrownBy(() -> house.make(Optional.of("no-such-bucket"))).hasMessageContaining("There is no bucket no-such-bucket at 127.0.0.1");
        house.backups.settings().authorize(house.datastore, DB, S3Server.access(relay.port(), "wrong"));
        assertThatThrownBy(() -> house.make(place)).hasMessageContaining("refuses the access key for bucket " + bucket).hasMessageContaining("backup-auth")
                .hasMessageNotContaining("wrong");
    }

    /// By schedule, with encryption, three are kept, the newest restores; the same when the server refused twice.
    @Test
    void theScheduleKeepsThreeEncryptedOnesThoughTheServerRefusesTwice() throws Exception {
        house.backups.settings().encrypt(house.datastore, DB, "passphrase");
        house.backups.settings().schedule(house.datastore, DB, "0 3 * * *", ZoneId.of("Europe/Berlin"), place, false);
        house.backups.settings().retain(house.datastore, DB, OptionalInt.of(3));
        for (int day = 21; day <= 24; day++) {
            house.put("day", String.valueOf(day));
            house.clock.set(Instant.parse("2026-11-" + day + "T02:00:00Z"));
            relay.fail(Relay.Fault.REFUSE, 0, 2);
            house.schedule.run();
        }
        assertThat(house.names(place)).containsExactly("postgres-db-20261124T020000Z.dump.gpg", "postgres-db-20261123T020000Z.dump.gpg",
                "postgres-db-20261122T020000Z.dump.gpg");
        assertThat(keys()).hasSize(6);
        Backups.Proof proof = house.backups.prove(house.datastore, DB, Backups.NEWEST, Optional.empty(), false, Optional.empty(), house.out);
        assertThat(proof.restored()).isEqualTo(Map.of("keys", 2L));
        house.put("day", "none");
        house.backups.restore(house.datastore, DB, Backups.NEWEST, Optional.empty(), false, Optional.empty(), house.out);
        assertThat(house.data.container.data()).containsEntry("day", "24");
    }
}
