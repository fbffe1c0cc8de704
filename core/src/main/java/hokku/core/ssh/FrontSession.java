package hokku.core.ssh;

import hokku.api.Identity;
import hokku.api.spi.Terminal;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One session that came through [FrontDoor].
///
/// Both sides send frames: a letter, the length in four bytes, and so many bytes. The first one that comes says what is asked for;
/// after it come input, its end, and sizes of the window. What goes back are output, errors, how much more input may come, and at
/// last the exit code. A connection that ends without the end of the input is a client who is gone.
final class FrontSession {
    private static final Logger LOG = LoggerFactory.getLogger(FrontSession.class);
    private static final int LONGEST = 1024 * 1024;

    private final SocketChannel channel;
    private final AuthorizedKeys keys;
    private final RunningSessions running;
    private final FrontOutput output;
    private final FrontInput input;
    private Optional<SessionThread> thread = Optional.empty();
    private Optional<FrontTerminal> terminal = Optional.empty();
    private volatile Optional<Thread> writer = Optional.empty();

    FrontSession(SocketChannel channel, AuthorizedKeys keys, RunningSessions running) {
        this.channel = channel;
        this.keys = keys;
        this.running = running;
        this.output = new FrontOutput(channel);
        this.input = new FrontInput(output::allow);
    }

    /// @param ended is called when nobody is at the other end any more
    void start(Runnable ended) {
        writer = Optional.of(output.start());
        Thread.ofVirtual().name("front-session").start(() -> {
            try {
                read();
            } finally {
                ended.run();
            }
        });
    }

    /// Waits until all that there is to say has been sent.
    void await(Duration limit) throws InterruptedException {
        if (writer.isPresent()) {
            writer.get().join(limit);
        }
    }

    void close() throws IOException {
        channel.close();
    }

    private void read() {
        try (channel; DataInputStream frames = new DataInputStream(new BufferedInputStream(Channels.newInputStream(channel), 65_536))) {
            while (true) {
                take(frames.readByte(), payload(frames));
            }
        } catch (EOFException gone) {
            LOG.trace("the other end is gone", gone);
        } catch (IOException | IllegalArgumentException broken) {
            LOG.debug("a session broke off", broken);
        } finally {
            input.lost();
            output.lost();
            thread.ifPresent(SessionThread::interrupt);
        }
    }

    private static byte[] payload(DataInputStream frames) throws IOException {
        int length = frames.readInt();
        if (length < 0 || length > LONGEST) {
            throw new IOException("a frame of " + length + " bytes");
        }
        byte[] payload = new byte[length];
        frames.readFully(payload);
        return payload;
    }

    private void take(byte type, byte[] payload) throws IOException {
        if (thread.isEmpty()) {
            begin(type, payload);
            return;
        }
        switch (type) {
            case 'I' -> input.add(payload);
            case 'E' -> input.end();
            case 'W' -> {
                String[] size = new String(payload, StandardCharsets.UTF_8).split(" ");
                terminal.ifPresent(window -> window.resize(size));
            }
            default -> throw new IOException("a frame of type " + type);
        }
    }

    /// The first frame: fingerprint, type, columns and rows of the terminal (all empty without one), and the command, which alone may
    /// hold anything but a zero byte.
    private void begin(byte type, byte[] payload) throws IOException {
        String[] fields = new String(payload, StandardCharsets.UTF_8).split("\0", -1);
        if (type != 'S' || fields.length != 5) {
            throw new IOException("no session");
        }
        Optional<Identity> identity = keys.identify(fields[0]);
        if (!fields[2].isEmpty()) {
            terminal = Optional.of(new FrontTerminal(fields[1], fields[2], fields[3]));
        }
        SessionThread started = new SessionThread(identity, running);
        thread = Optional.of(started);
        started.start(fields[4], new SessionThread.Streams(input, output.stream('O'), output.stream('R')),
                terminal.map(Terminal.class::cast), output::exit);
    }
}
