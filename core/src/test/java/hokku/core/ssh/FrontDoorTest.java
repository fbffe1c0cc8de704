package hokku.core.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hokku.api.Access;
import hokku.api.UserError;
import hokku.api.spi.Terminal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FrontDoorTest {
    @TempDir
    private Path folder;
    private Path socket;
    private AuthorizedKeys keys;
    private String alice;
    private FrontDoor door;
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch interrupted = new CountDownLatch(1);
    private final CountDownLatch taken = new CountDownLatch(1);

    @BeforeEach
    void start() throws Exception {
        socket = folder.resolve("front.sock");
        keys = new AuthorizedKeys(folder.resolve("authorized_keys"));
        alice = keys.add("alice", Access.DEPLOY, PublicKeyEntry.toString(KeyUtils.generateKeyPair("ssh-ed25519", 256).getPublic())).fingerprint();
        door = new FrontDoor(socket, keys, this::handle);
        door.start();
    }

    @AfterEach
    void stop() throws IOException {
        door.close();
    }

    private int handle(SshSession session) throws Exception {
        switch (session.line()) {
            case "echo" -> session.in().transferTo(session.out());
            case "take" -> {
                begun.countDown();
                try {
                    session.in().readAllBytes();
                    taken.countDown();
                } catch (IOException lost) {
                    interrupted.countDown();
                }
            }
            case "wait" -> {
                begun.countDown();
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException ended) {
                    interrupted.countDown();
                    session.err().write("ended by the server".getBytes(StandardCharsets.UTF_8));
                    return 3;
                }
            }
            case "window" -> {
                Terminal terminal = session.terminal().orElseThrow();
                CountDownLatch resized = new CountDownLatch(1);
                terminal.onResize(resized::countDown);
                session.out().write((terminal.type() + " " + terminal.columns() + "x" + terminal.rows()).getBytes(StandardCharsets.UTF_8));
                assertThat(resized.await(10, TimeUnit.SECONDS)).isTrue();
                session.out().write((" " + terminal.columns() + "x" + terminal.rows()).getBytes(StandardCharsets.UTF_8));
            }
            case "break" -> throw new IllegalStateException("a defect");
            default -> session.out().write((session.identity().name() + " " + session.identity().fingerprint() + " " + session.terminal().isPresent()
                    + " says " + session.line()).getBytes(StandardCharsets.UTF_8));
        }
        return 7;
    }

    @Test
    void aSessionRunsForTheOwnerOfTheKeyWithItsLineAsItIs() throws Exception {
        String line = "config:set app 'A=it'\\''s\n  \"two\" `lines`; $(x)\\' é";
        try (FrontClient client = FrontClient.asking(socket, alice, line)) {
            assertThat(client.end()).isEqualTo(7);
            assertThat(client.out()).isEqualTo("alice " + alice + " false says " + line);
        }
        try (FrontClient client = FrontClient.asking(socket, alice, "break")) {
            assertThat(client.end()).isEqualTo(70);
        }
    }

    @Test
    void aKeyThatIsUnknownOrRemovedGetsNothing() throws Exception {
        String bob = keys.add("bob", Access.ADMIN, PublicKeyEntry.toString(KeyUtils.generateKeyPair("ssh-ed25519", 256).getPublic())).fingerprint();
        keys.remove(key -> key.fingerprint().equals(alice));
        for (String fingerprint : new String[] {alice, "SHA256:AAAA", "", "alice", bob + "\n", " " + bob}) {
            try (FrontClient client = FrontClient.asking(socket, fingerprint, "hello")) {
                assertThat(client.end()).isEqualTo(UserError.NO_PERMISSION);
                assertThat(client.out()).isEmpty();
                assertThat(client.err()).contains("Access denied");
            }
        }
        try (FrontClient client = FrontClient.asking(socket, bob, "hello")) {
            assertThat(client.end()).isEqualTo(7);
        }
    }

    @Test
    void inputAndOutputOfAnySizePassWhole() throws Exception {
        byte[] bytes = new byte[5_000_000];
        new Random(1).nextBytes(bytes);
        try (FrontClient client = FrontClient.asking(socket, alice, "echo")) {
            // More at once than fits between the two would need a second thread here.
            client.sendInput(Arrays.copyOf(bytes, 300_000), 30_000);
            assertThat(client.end()).isEqualTo(7);
            assertThat(client.bytes()).isEqualTo(Arrays.copyOf(bytes, 300_000));
        }
        try (FrontClient client = FrontClient.asking(socket, alice, "take")) {
            client.sendInput(bytes, 30_000);
            assertThat(client.end()).isEqualTo(7);
            assertThat(taken.getCount()).isZero();
        }
    }

    @Test
    void halfAnInputIsNotTakenForAWholeOne() throws Exception {
        try (FrontClient client = FrontClient.asking(socket, alice, "take")) {
            client.send('I', new byte[100_000]);
            assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(taken.getCount()).isEqualTo(1);
    }

    @Test
    void aClientThatIsGoneEndsItsSession() throws Exception {
        try (FrontClient client = FrontClient.asking(socket, alice, "wait")) {
            client.send('E', "");
            assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void theTerminalFollowsTheWindow() throws Exception {
        try (FrontClient client = new FrontClient(socket)) {
            client.send('S', String.join("\0", alice, "xterm", "100", "0", "window"));
            while (!client.out().startsWith("xterm 100x24")) {
                client.receive();
            }
            client.send('W', "120 50");
            assertThat(client.end()).isEqualTo(7);
            assertThat(client.out()).isEqualTo("xterm 100x24 120x50");
        }
    }

    @Test
    void whateverElseIsSentEndsNothingButItsOwnConnection() throws Exception {
        for (String[] wrong : new String[][] {{"I", "hello"}, {"S", "hello"}, {"S", ""}, {"S", "a\0b\0c\0d\0e\0f"}}) {
            try (FrontClient client = new FrontClient(socket)) {
                client.send(wrong[0].charAt(0), wrong[1]);
                assertThat(client.end()).isEqualTo(-1);
            }
        }
        try (FrontClient greedy = FrontClient.asking(socket, alice, "wait")) {
            assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
            greedy.send('I', new byte[FrontInput.WINDOW]);
            greedy.send('I', new byte[1]);
            assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
        }
        try (FrontClient client = FrontClient.asking(socket, alice, "hello")) {
            assertThat(client.end()).isEqualTo(7);
        }
    }

    @Test
    void closingInterruptsWhatRunsAndLetsItTellItsClient() throws Exception {
        try (ExecutorService closer = Executors.newVirtualThreadPerTaskExecutor(); FrontClient client = FrontClient.asking(socket, alice, "wait")) {
            assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
            Future<Void> closing = closer.submit(() -> {
                door.close();
                return null;
            });
            assertThat(client.end()).isEqualTo(3);
            assertThat(client.err()).isEqualTo("ended by the server");
            closing.get(10, TimeUnit.SECONDS);
        }
        assertThat(socket).doesNotExist();
        assertThatThrownBy(() -> new FrontClient(socket)).isInstanceOf(IOException.class);
    }

    @Test
    void theSocketIsTheServersOwnAndReplacesThatOfAServerThatCrashed() throws Exception {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket))).isEqualTo("rw-------");
        FrontDoor second = new FrontDoor(socket, keys, this::handle);
        second.start();
        try (FrontClient client = FrontClient.asking(socket, alice, "hello")) {
            assertThat(client.end()).isEqualTo(7);
        }
        second.close();
    }

    @Test
    void aPathThatCannotBeASocketKeepsNobodyFromStarting() throws Exception {
        FrontDoor shut = new FrontDoor(folder.resolve("x".repeat(200)), keys, this::handle);
        shut.start();
        shut.close();
    }
}
