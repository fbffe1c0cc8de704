package hokku.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hokku.api.Service;
import hokku.api.ServiceId;
import hokku.api.ServiceName;
import hokku.api.UserError;
import hokku.api.spi.Datastore;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What every datastore does. A test of one extends this, and says how its services come to life and get data.
@Timeout(180)
public abstract class DatastoreContract {
    /// What has a meaning in addresses, shells and query languages.
    protected static final String PASSWORD = "p@ss:w/rd?a=b&c#d%20 \"'\\$(id)`é";
    private static final int SOME = 500;

    /// The datastore, the same one at each call within a test.
    protected abstract Datastore datastore();

    /// Starts a service with nothing in it, and returns once it accepts connections. The subclass removes it after the test.
    protected abstract Datastore.Inside start(Service service) throws Exception;

    /// Puts further data into a service, which raises the sum of the counts of its contents by that number.
    ///
    /// @throws Exception when the service refuses it
    protected abstract void write(Service service, Datastore.Inside inside, int count) throws Exception;

    /// Inputs that are none of its dumps, beyond those that are none of any datastore's.
    protected abstract List<byte[]> wrongDumps();

    /// A service that no test has used yet.
    protected final Service service(String name) {
        return Service.create(datastore().name(), ServiceName.of(name), ServiceId.random(), datastore().image() + ":" + datastore().version(),
                "", PASSWORD, Instant.now());
    }

    /// Fails the test when the password stands among the words of a command, where everybody on the machine can read it.
    private record Discreet(Datastore.Inside real) implements Datastore.Inside {
        @Override
        public Result run(Datastore.Call call, InputStream in, OutputStream out) throws InterruptedException {
            assertThat(call.words()).noneMatch(word -> word.contains(PASSWORD));
            return real.run(call, in, out);
        }

        @Override
        public String text(Datastore.Call call) throws InterruptedException {
            assertThat(call.words()).noneMatch(word -> word.contains(PASSWORD));
            return real.text(call);
        }
    }

    private Datastore.Inside discreet(Service service) throws Exception {
        return new Discreet(start(service));
    }

    private byte[] dump(Service service, Datastore.Inside inside) throws Exception {
        ByteArrayOutputStream dump = new ByteArrayOutputStream();
        datastore().dump(service, inside, dump);
        return dump.toByteArray();
    }

    private static long sum(Map<String, Long> contents) {
        return contents.values().stream().mapToLong(Long::longValue).sum();
    }

    @Test
    void aNewServiceIsEmptyAndWhatIsWrittenIsCounted() throws Exception {
        Service service = service("contract");
        Datastore.Inside inside = discreet(service);
        assertThat(sum(datastore().contents(service, inside))).isZero();
        write(service, inside, SOME);
        assertThat(sum(datastore().contents(service, inside))).isEqualTo(SOME);
        assertThat(datastore().size(service, inside)).isPositive();
    }

    @Test
    void whatWasDumpedComesBackInAnotherService() throws Exception {
        Service from = service("contract-from");
        Datastore.Inside source = discreet(from);
        write(from, source, SOME);
        byte[] dump = dump(from, source);
        Service to = service("contract-to");
        Datastore.Inside target = discreet(to);
        write(to, target, 3);
        datastore().restore(to, target, new ByteArrayInputStream(dump));
        assertThat(datastore().contents(to, target)).isEqualTo(datastore().contents(from, source));
        write(to, target, 1);
        assertThat(sum(datastore().contents(to, target))).isEqualTo(SOME + 1);
    }

    @Test
    void whatWasWrittenAfterADumpIsGoneWithItsRestore() throws Exception {
        Service service = service("contract");
        Datastore.Inside inside = discreet(service);
        write(service, inside, SOME);
        Map<String, Long> before = datastore().contents(service, inside);
        byte[] dump = dump(service, inside);
        write(service, inside, 7);
        datastore().restore(service, inside, new ByteArrayInputStream(dump));
        assertThat(datastore().contents(service, inside)).isEqualTo(before);
    }

    @Test
    void anEmptyServiceCanBeDumpedAndRestored() throws Exception {
        Service service = service("contract");
        Datastore.Inside inside = discreet(service);
        byte[] dump = dump(service, inside);
        datastore().verify(service, inside, new ByteArrayInputStream(dump));
        write(service, inside, 5);
        datastore().restore(service, inside, new ByteArrayInputStream(dump));
        assertThat(sum(datastore().contents(service, inside))).isZero();
    }

    @Test
    void whatIsNoDumpIsRefusedAndTheDataStays() throws Exception {
        Service service = service("contract");
        Datastore.Inside inside = discreet(service);
        write(service, inside, SOME);
        Map<String, Long> before = datastore().contents(service, inside);
        List<byte[]> anybodys = List.of(new byte[0], "not a dump\n".getBytes(StandardCharsets.UTF_8), new byte[300_000]);
        for (byte[] wrong : java.util.stream.Stream.concat(anybodys.stream(), wrongDumps().stream()).toList()) {
            assertThatThrownBy(() -> datastore().restore(service, inside, new ByteArrayInputStream(wrong))).isInstanceOf(UserError.class);
            assertThatThrownBy(() -> datastore().verify(service, inside, new ByteArrayInputStream(wrong))).isInstanceOf(UserError.class);
        }
        assertThat(datastore().contents(service, inside)).isEqualTo(before);
    }

    @Test
    void aDumpThatIsNotWholeIsRefusedAndTheDataStays() throws Exception {
        Service service = service("contract");
        Datastore.Inside inside = discreet(service);
        write(service, inside, SOME);
        byte[] dump = dump(service, inside);
        write(service, inside, 7);
        Map<String, Long> before = datastore().contents(service, inside);
        for (int length : List.of(dump.length / 4, dump.length / 2, dump.length - 1)) {
            byte[] cut = Arrays.copyOf(dump, length);
            assertThatThrownBy(() -> datastore().restore(service, inside, new ByteArrayInputStream(cut))).as("%d of %d bytes", length, dump.length)
                    .isInstanceOf(UserError.class);
            assertThatThrownBy(() -> datastore().verify(service, inside, new ByteArrayInputStream(cut))).as("%d of %d bytes", length, dump.length)
                    .isInstanceOf(UserError.class);
        }
        assertThat(datastore().contents(service, inside)).isEqualTo(before);
        write(service, inside, 1);
        assertThat(sum(datastore().contents(service, inside))).isEqualTo(sum(before) + 1);
    }

    @Test
    void aRestoreWhoseInputBreaksOffLeavesTheDataAndDoesNotHinderTheNextOne() throws Exception {
        Service service = service("contract");
        Datastore.Inside inside = discreet(service);
        write(service, inside, SOME);
        Map<String, Long> dumped = datastore().contents(service, inside);
        byte[] dump = dump(service, inside);
        write(service, inside, 7);
        Map<String, Long> before = datastore().contents(service, inside);
        assertThatThrownBy(() -> datastore().restore(service, inside, breaking(dump))).isInstanceOf(Exception.class);
        Thread.interrupted();
        assertThat(datastore().contents(service, inside)).isEqualTo(before);
        datastore().restore(service, inside, new ByteArrayInputStream(dump));
        assertThat(datastore().contents(service, inside)).isEqualTo(dumped);
    }

    private static InputStream breaking(byte[] dump) {
        return new FilterInputStream(new ByteArrayInputStream(dump, 0, dump.length / 2)) {
            @Override
            public int read() throws IOException {
                return broken(super.read());
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                return broken(super.read(bytes, offset, length));
            }

            private static int broken(int read) throws IOException {
                if (read < 0) {
                    throw new IOException("the client is gone");
                }
                return read;
            }
        };
    }

    @Test
    void aDumpThatCannotBeWrittenFails() throws Exception {
        Service service = service("contract");
        Datastore.Inside inside = discreet(service);
        write(service, inside, SOME);
        assertThatThrownBy(() -> datastore().dump(service, inside, new FullDisk())).isInstanceOf(Exception.class);
        Thread.interrupted();
        assertThat(dump(service, inside)).isNotEmpty();
    }

    private static final class FullDisk extends OutputStream {
        @Override
        public void write(int value) throws IOException {
            throw new IOException("No space left on device");
        }
    }

    @Test
    void verifyingSaysWhatIsThereAndRestoresNothing() throws Exception {
        Service service = service("contract");
        Datastore.Inside inside = discreet(service);
        write(service, inside, SOME);
        byte[] dump = dump(service, inside);
        write(service, inside, 7);
        Map<String, Long> before = datastore().contents(service, inside);
        assertThat(datastore().verify(service, inside, new ByteArrayInputStream(dump))).isNotBlank().doesNotContain("\n");
        assertThat(datastore().contents(service, inside)).isEqualTo(before);
    }

    @Test
    void aFrozenServiceIsReadAndNotWrittenUntilItIsThawed() throws Exception {
        Service service = service("contract");
        Datastore.Inside inside = discreet(service);
        write(service, inside, SOME);
        Map<String, Long> before = datastore().contents(service, inside);
        datastore().freeze(service, inside);
        assertThatThrownBy(() -> write(service, inside, 1)).isInstanceOf(Exception.class);
        assertThat(datastore().contents(service, inside)).isEqualTo(before);
        byte[] dump = dump(service, inside);
        datastore().thaw(service, inside);
        write(service, inside, 1);
        assertThat(sum(datastore().contents(service, inside))).isEqualTo(SOME + 1);
        datastore().restore(service, inside, new ByteArrayInputStream(dump));
        assertThat(datastore().contents(service, inside)).isEqualTo(before);
    }

    @Test
    void anAddressHoldsThePasswordSoThatItIsReadBackWhole() {
        URI address = URI.create(datastore().address(service("contract"), "db.internal", 4321));
        assertThat(address.getHost()).isEqualTo("db.internal");
        assertThat(address.getPort()).isEqualTo(4321);
        assertThat(address.getRawQuery()).isNull();
        assertThat(address.getRawFragment()).isNull();
        String user = address.getUserInfo();
        assertThat(user.substring(user.indexOf(':') + 1)).isEqualTo(PASSWORD);
        assertThat(address.getRawUserInfo()).matches("[A-Za-z0-9._~%-]*:[A-Za-z0-9._~%-]+");
    }

    @Test
    void nothingThatOthersSeeHoldsThePassword() {
        Service service = service("contract");
        Datastore.Startup startup = datastore().startup(service);
        assertThat(String.join(" ", startup.command())).doesNotContain(PASSWORD);
        assertThat(startup.env().asMap().values()).noneMatch(value -> value.contains(PASSWORD));
        assertThat(startup.files().keySet()).allMatch(path -> path.startsWith("/"));
        assertThat(datastore().ready(service).words()).noneMatch(word -> word.contains(PASSWORD));
        assertThat(datastore().connect(service).words()).noneMatch(word -> word.contains(PASSWORD));
    }

    @Test
    void whatItSaysOfItselfIsSound() {
        assertThat(datastore().name()).matches("[a-z][a-z0-9-]*");
        assertThat(datastore().title()).isNotBlank();
        assertThat(datastore().image()).doesNotContain(":");
        assertThat(datastore().version()).isNotBlank();
        assertThat(datastore().variable()).endsWith("_URL");
        assertThat(datastore().ports()).isNotEmpty();
        assertThat(datastore().folder(service("contract"))).startsWith("/");
        assertThat(datastore().sameForm(datastore().version(), datastore().version())).isTrue();
    }
}
