package hokku.core.datastore.backup;

import static hokku.core.datastore.backup.BackupHouse.BEGIN;
import static hokku.core.datastore.backup.BackupHouse.DB;
import static hokku.core.datastore.backup.BackupHouse.files;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hokku.api.Finding;
import hokku.api.Service;
import hokku.api.ServiceId;
import hokku.api.ServiceName;
import hokku.api.UserError;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Backups into folders: what counts as one, what is left when something goes wrong, and what the schedule does.
class BackupsTest {
    private static final Optional<String> USUAL = Optional.empty();
    private static final String FIRST = "postgres-db-20261120T020000Z.dump";

    @TempDir
    private Path folder;
    private BackupHouse house;

    @BeforeEach
    void build() throws IOException {
        house = new BackupHouse(folder);
    }

    private String failure() {
        return house.backups.settings().info(house.service()).get("backup-failure");
    }

    @Test
    void aBackupIsTwoFilesThatOnlyTheServerReads() throws Exception {
        Backups.Found made = house.make();
        assertThat(files(house.usual())).containsExactly(FIRST, FIRST + ".json");
        assertThat(made.backup().contents()).isEqualTo("1 keys");
        assertThat(Files.readString(house.usual().resolve(FIRST))).isEqualTo("FAKE\na=1\nEND 1\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(house.usual().resolve(FIRST)))).isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(house.usual()))).isEqualTo("rwx------");
        assertThat(house.names(USUAL)).containsExactly(FIRST);
        assertThat(house.backups.settings().info(house.service()).get("backup-last")).startsWith("2026-11-20T02:00:00Z ").endsWith(FIRST + ", 15 bytes, 1 keys");
    }

    @Test
    void twoWithinASecondAreTwo() throws Exception {
        house.backups.make(house.datastore, DB, USUAL, false, house.out);
        house.backups.make(house.datastore, DB, USUAL, false, house.out);
        assertThat(house.names(USUAL)).containsExactly("postgres-db-20261120T020001Z.dump", FIRST);
    }

    @Test
    void theChosenOneIsRestored() throws Exception {
        house.make();
        house.put("b", "2");
        house.make();
        house.put("c", "3");
        house.backups.restore(house.datastore, DB, "20261120T020000Z", USUAL, false, Optional.empty(), house.out);
        assertThat(house.data.container.data()).isEqualTo(Map.of("a", "1"));
        house.backups.restore(house.datastore, DB, Backups.NEWEST, USUAL, false, Optional.empty(), house.out);
        assertThat(house.data.container.data()).isEqualTo(Map.of("a", "1", "b", "2"));
        assertThatThrownBy(() -> house.backups.restore(house.datastore, DB, "20261119T020000Z", USUAL, false, Optional.empty(), house.out))
                .isInstanceOf(UserError.class).hasMessageContaining("no such backup of db. See postgres:backup-list db");
    }

    @Test
    void anEncryptedOneNeedsThePassphraseThatItWasMadeWith() throws Exception {
        house.backups.settings().encrypt(house.datastore, DB, "first");
        String file = house.make().backup().file();
        assertThat(file).endsWith(".dump.gpg");
        assertThat(new String(Files.readAllBytes(house.usual().resolve(file)), StandardCharsets.ISO_8859_1)).doesNotContain("FAKE");
        house.put("b", "2");
        house.backups.settings().encrypt(house.datastore, DB, "second");
        assertThatThrownBy(() -> house.backups.restore(house.datastore, DB, Backups.NEWEST, USUAL, false, Optional.empty(), house.out))
                .hasMessageContaining("The passphrase does not open " + file);
        house.backups.settings().unencrypt(house.datastore, DB);
        assertThatThrownBy(() -> house.backups.restore(house.datastore, DB, Backups.NEWEST, USUAL, false, Optional.empty(), house.out))
                .hasMessageContaining("is encrypted, and no passphrase is set");
        assertThat(house.data.container.data()).containsKey("b");
        house.backups.restore(house.datastore, DB, Backups.NEWEST, USUAL, false, Optional.of("first"), house.out);
        assertThat(house.data.container.data()).isEqualTo(Map.of("a", "1"));
    }

    @Test
    void aProofRestoresIntoAServiceOfItsOwnAndCounts() throws Exception {
        house.make();
        house.put("b", "2");
        Backups.Proof proof = house.backups.prove(house.datastore, DB, Backups.NEWEST, USUAL, false, Optional.empty(), house.out);
        assertThat(proof.restored()).isEqualTo(Map.of("keys", 1L));
        assertThat(proof.now()).contains(Map.of("keys", 2L));
        assertThat(house.data.scratches).hasValue(0);
        assertThat(house.backups.settings().info(house.service()).get("backup-proven")).endsWith(FIRST);
    }

    @Test
    void whatWasChangedOrCutOffIsRestoredNowhere() throws Exception {
        house.make();
        for (String broken : List.of("FAKE\na=9\nEND 1\n", "FAKE\na=1\n", "FAKE\nEND 0\n")) {
            Files.writeString(house.usual().resolve(FIRST), broken);
            house.put("a", "now");
            if (broken.length() == "FAKE\na=1\nEND 1\n".length()) {
                assertThatThrownBy(() -> house.backups.restore(house.datastore, DB, Backups.NEWEST, USUAL, false, Optional.empty(), house.out))
                        .isInstanceOf(UserError.class).hasMessageContaining("broken");
                assertThatThrownBy(() -> house.backups.prove(house.datastore, DB, Backups.NEWEST, USUAL, false, Optional.empty(), house.out))
                        .hasMessageContaining("broken");
                assertThat(failure()).contains("could not be restored");
            } else {
                assertThat(house.names(USUAL)).isEmpty();
            }
            assertThat(house.data.container.data()).isEqualTo(Map.of("a", "now"));
            assertThat(house.data.scratches).hasValue(0);
        }
    }

    @Test
    void aDatabaseThatIsKilledInTheMiddleLeavesNothing() throws Exception {
        house.data.afterDump = () -> {
            throw new UserError("pg_dump failed with exit code 137");
        };
        assertThatThrownBy(this.house::make).isInstanceOf(UserError.class).hasMessageContaining("137");
        assertThat(files(house.usual())).isEmpty();
        assertThat(failure()).contains("2026-11-20T02:00:00Z pg_dump failed with exit code 137");
        house.data.afterDump = () -> {};
        house.make();
        assertThat(failure()).isEqualTo("-");
    }

    @Test
    void aDumpThatIsNotSoundIsNoBackup() throws Exception {
        house.data.container.fail(Optional.of("out of memory"));
        assertThatThrownBy(this.house::make).hasMessageContaining("out of memory");
        assertThat(files(house.usual())).isEmpty();
    }

    /// What begins well and is refused in the middle, as by a disk that is full.
    @Test
    void aPlaceThatIsFullIsTheReasonThatIsTold() throws Exception {
        Target.Sink full = new Target.Sink() {
            private int left = 100_000;
            private boolean aborted;

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                left -= length;
                if (left < 0) {
                    throw new IOException("The disk is full");
                }
            }

            @Override
            void commit(long size, String sha256) {
                throw new AssertionError("committed");
            }

            @Override
            void abort() {
                aborted = true;
            }
        };
        house.data.noise = new byte[1_000_000];
        assertThatThrownBy(() -> new Recording(house.data, house.datastore, house.service(), full, Optional.of("secret")).run())
                .isInstanceOf(UserError.class).hasMessage("The disk is full");
    }

    @Test
    void aLargeDumpGoesOnThoughTheLookHasSeenEnough() throws Exception {
        house.data.noise = new byte[5_000_000];
        assertThat(house.make().backup().size()).isEqualTo(5_000_000);
        assertThat(house.names(USUAL)).hasSize(1);
    }

    @Test
    void anInterruptLeavesNothing() throws Exception {
        house.data.noise = new byte[100_000];
        house.data.afterDump = () -> Thread.currentThread().interrupt();
        assertThatThrownBy(this.house::make).isInstanceOf(InterruptedException.class);
        assertThat(files(house.usual())).isEmpty();
    }

    @Test
    void whatAKilledServerLeftIsNoBackupAndGoes() throws Exception {
        house.make();
        Path left = Files.writeString(house.usual().resolve(".postgres-db-20261119T020000Z.dump.tmp"), "FAKE");
        Path others = Files.writeString(house.usual().resolve(".postgres-db-2-20261119T020000Z.dump.tmp"), "FAKE");
        Path written = Files.writeString(house.usual().resolve(".postgres-db-20261120T015900Z.dump.tmp"), "FAKE");
        Files.setLastModifiedTime(left, FileTime.from(BEGIN.minus(Duration.ofDays(2))));
        Files.setLastModifiedTime(others, FileTime.from(BEGIN.minus(Duration.ofDays(2))));
        Files.writeString(house.usual().resolve("postgres-db-20261119T020000Z.dump"), "FAKE\nEND 0\n");
        Files.writeString(house.usual().resolve("postgres-db-20261118T020000Z.dump.json"), "{}");
        assertThat(house.names(USUAL)).containsExactly(FIRST);
        house.make();
        // Another service's, and what another server may be writing, are not this one's to remove.
        assertThat(left).doesNotExist();
        assertThat(others).exists();
        assertThat(written).exists();
    }

    @Test
    void whatAServiceOfTheSameNameHadBeforeIsNotRetired() throws Exception {
        house.backups.settings().schedule(house.datastore, DB, "0 3 * * *", ZoneOffset.UTC, USUAL, false);
        house.backups.settings().retain(house.datastore, DB, OptionalInt.of(1));
        house.clock.set(Instant.parse("2026-11-20T03:00:00Z"));
        house.schedule.run();
        Service former = house.service();
        house.files.store(Service.create("postgres", DB, ServiceId.random(), former.image(), "w", "other", Instant.parse("2026-11-20T12:00:00Z")));
        for (int day = 21; day <= 22; day++) {
            house.clock.set(Instant.parse("2026-11-" + day + "T03:00:00Z"));
            house.schedule.run();
        }
        assertThat(house.names(USUAL)).containsExactly("postgres-db-20261122T030000Z.dump", "postgres-db-20261120T030000Z.dump");
    }

    /// One that was killed just before it said what it had written.
    @Test
    void aDumpThatNothingIsSaidOfGoesWhenItIsADayOld() throws Exception {
        Path usual = Files.createDirectories(house.usual());
        Path old = Files.writeString(usual.resolve("postgres-db-20261119T015959Z.dump.gpg"), "FAKE");
        Path young = Files.writeString(usual.resolve("postgres-db-20261119T020001Z.dump"), "FAKE");
        Path foreign = Files.writeString(usual.resolve("postgres-db-by-hand.dump"), "FAKE");
        Files.setLastModifiedTime(old, FileTime.from(BEGIN.minus(Duration.ofHours(24)).minusSeconds(1)));
        Files.setLastModifiedTime(young, FileTime.from(BEGIN.minus(Duration.ofHours(24)).plusSeconds(1)));
        Files.setLastModifiedTime(foreign, FileTime.from(BEGIN.minus(Duration.ofDays(100))));
        house.make();
        assertThat(old).doesNotExist();
        assertThat(young).exists();
        assertThat(foreign).exists();
        house.make();
        assertThat(files(usual)).hasSize(5).doesNotContain(young.getFileName().toString());
    }

    @Test
    void anotherServicesBackupsAreNotMixedUp() throws Exception {
        house.files.store(Service.create("postgres", ServiceName.of("db-2"), ServiceId.random(), "postgres:17", "w", "secret", BEGIN));
        house.allowed.add(folder);
        Optional<String> shared = Optional.of(folder.resolve("shared").toString());
        house.make(shared);
        house.backups.make(house.datastore, ServiceName.of("db-2"), shared, false, house.out);
        assertThat(house.names(shared)).containsExactly(FIRST);
    }

    @Test
    void aRenamedServiceKeepsWhatWasSet() throws Exception {
        house.backups.settings().encrypt(house.datastore, DB, "first");
        house.make();
        Service before = house.service();
        house.files.rename(before, before.withName(ServiceName.of("other")));
        assertThat(house.backups.settings().info(before.withName(ServiceName.of("other")))).containsEntry("backup-encryption", "true");
    }

    @Test
    void aFolderIsWrittenOnlyWhereAnAdministratorAllowsIt() throws Exception {
        Path outside = Files.createDirectory(folder.resolve("outside"));
        Files.createSymbolicLink(Files.createDirectory(folder.resolve("mine")).resolve("link"), outside);
        for (String place : new String[] {outside.toString(), "/etc", house.home.root().toString(), house.home.apps().toString(),
                house.home.backups() + "/../apps", "/"}) {
            assertThatThrownBy(() -> house.make(Optional.of(place))).as(place).isInstanceOf(UserError.class);
        }
        house.allowed.add(folder.resolve("mine"));
        assertThatThrownBy(() -> house.make(Optional.of(folder.resolve("mine/link/x").toString()))).hasMessageContaining("backups:set --global folders");
        assertThat(files(outside)).isEmpty();
        house.make(Optional.of(folder.resolve("mine/deep/er").toString()));
        assertThat(files(folder.resolve("mine/deep/er"))).hasSize(2);
        house.allowed.add(Path.of("/"));
        assertThatThrownBy(() -> house.make(Optional.of(house.home.apps().toString()))).hasMessageContaining("the server's own files");
    }

    @Test
    void whatIsNoPlaceIsRefused() {
        for (String place : new String[] {"Bucket", "s3:///x", "s3://bucket/../x", "bucket/a b", "file:///etc", "s3://b", "http://host/bucket", "-x"}) {
            assertThatThrownBy(() -> house.make(Optional.of(place))).as(place).isInstanceOf(UserError.class);
        }
        assertThatThrownBy(() -> house.make(Optional.of("bucket"))).hasMessage("Provide AWS credentials or use the --use-iam flag: backup-auth sets them");
    }

    @Test
    void theScheduleMakesThemAndKeepsThree() throws Exception {
        house.backups.settings().schedule(house.datastore, DB, "0 3 * * *", ZoneOffset.UTC, USUAL, false);
        house.backups.settings().retain(house.datastore, DB, OptionalInt.of(3));
        house.make();
        house.schedule.run();
        assertThat(house.names(USUAL)).containsExactly(FIRST);
        for (int day = 20; day <= 24; day++) {
            house.clock.set(Instant.parse("2026-11-" + day + "T03:00:07Z"));
            house.schedule.run();
            house.schedule.run();
        }
        assertThat(house.names(USUAL)).containsExactly("postgres-db-20261124T030007Z.dump", "postgres-db-20261123T030007Z.dump",
                "postgres-db-20261122T030007Z.dump", FIRST);
        assertThat(files(house.usual())).hasSize(8);
        assertThat(house.schedule.examine()).extracting(Finding::state).containsExactly(Finding.State.WELL);
    }

    @Test
    void nothingIsRemovedWhenTheNewestFailed() throws Exception {
        house.backups.settings().schedule(house.datastore, DB, "0 3 * * *", ZoneOffset.UTC, USUAL, false);
        house.backups.settings().retain(house.datastore, DB, OptionalInt.of(1));
        house.clock.set(Instant.parse("2026-11-20T03:00:00Z"));
        house.schedule.run();
        house.data.container.fail(Optional.of("no memory"));
        house.clock.set(Instant.parse("2026-11-21T03:00:00Z"));
        house.schedule.run();
        assertThat(house.names(USUAL)).containsExactly("postgres-db-20261120T030000Z.dump");
        assertThat(failure()).contains("2026-11-21T03:00:00Z no memory");
        Finding finding = house.schedule.examine().getFirst();
        assertThat(finding.state()).isEqualTo(Finding.State.WRONG);
        assertThat(finding.text()).contains("postgres db", "no memory");
        // It comes again when its time does, and not before.
        house.data.container.fail(Optional.empty());
        house.clock.forward(Duration.ofHours(1));
        house.schedule.run();
        assertThat(failure()).contains("no memory");
    }

    @Test
    void whatWasMissedIsSaidAndMadeUpForOnce() throws Exception {
        house.backups.settings().schedule(house.datastore, DB, "0 3 * * *", ZoneOffset.UTC, USUAL, false);
        house.clock.set(Instant.parse("2026-11-23T09:00:00Z"));
        house.schedule.run();
        house.schedule.run();
        assertThat(house.names(USUAL)).hasSize(1);
        assertThat(house.backups.settings().info(house.service()).get("backup-missed")).isEqualTo("3 before the last run, the latest at 2026-11-22T03:00:00Z");
        assertThat(house.schedule.examine()).extracting(Finding::state).containsExactly(Finding.State.WARNING);
        house.clock.set(Instant.parse("2026-11-24T03:00:00Z"));
        house.schedule.run();
        assertThat(house.backups.settings().info(house.service()).get("backup-missed")).isEqualTo("-");
    }

    @Test
    void aRunThatTheServersEndCutsShortComesAgain() throws Exception {
        house.backups.settings().schedule(house.datastore, DB, "0 3 * * *", ZoneOffset.UTC, USUAL, false);
        house.clock.set(Instant.parse("2026-11-20T03:00:00Z"));
        house.data.noise = new byte[100];
        house.data.afterDump = () -> Thread.currentThread().interrupt();
        assertThatThrownBy(house.schedule::run).isInstanceOf(InterruptedException.class);
        Thread.interrupted();
        house.data.afterDump = () -> {};
        house.schedule.run();
        assertThat(house.names(USUAL)).hasSize(1);
    }

    @Test
    void secretsAreInNoText() throws Exception {
        house.backups.settings().authorize(house.datastore, DB, new S3Access("AKIA", "s3cr3t", "us-east-1", "https://s3.example.com", false));
        house.backups.settings().encrypt(house.datastore, DB, "p4ss");
        Notes notes = house.backups.settings().of(house.service());
        assertThat(notes + " " + notes.access() + " " + house.backups.settings().info(house.service())).doesNotContain("s3cr3t", "p4ss");
        Path file = house.files.folder(house.service()).resolve("backup.json");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
        Files.writeString(file, "{ p4ss");
        assertThatThrownBy(() -> house.backups.settings().of(house.service())).hasMessageNotContaining("p4ss").hasMessageContaining("backup.json");
    }

    @Test
    void aBackupIsRemovedWhenAsked() throws Exception {
        house.make();
        house.backups.delete(house.datastore, DB, FIRST, USUAL, false, house.out);
        assertThat(files(house.usual())).isEmpty();
    }
}
