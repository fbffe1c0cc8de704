package hokku.core.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The real `ssh` program, with a key of its own and none of the machine's configuration.
public final class SshClient {
    private static final int PATIENCE_SECONDS = 60;

    private final Path folder;
    private final int port;
    private final Path key;

    private SshClient(Path folder, int port, Path key) {
        this.folder = folder;
        this.port = port;
        this.key = key;
    }

    /// Makes a key.
    public static SshClient create(Path folder, int port, String name) throws IOException, InterruptedException {
        Path key = folder.resolve(name);
        Result made = run(new byte[0], List.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", key.toString()));
        if (made.exit() != 0) {
            throw new IOException(made.err());
        }
        return new SshClient(folder, port, key);
    }

    public String publicKey() throws IOException {
        return Files.readString(Path.of(key + ".pub"));
    }

    /// What a program printed, and how it ended.
    public record Result(int exit, String out, String err) {}

    public Result ssh(String... words) throws IOException, InterruptedException {
        return ssh(new byte[0], words);
    }

    public Result ssh(byte[] input, String... words) throws IOException, InterruptedException {
        return run(input, command("dokku", List.of(), words));
    }

    public static Result run(byte[] input, List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).start();
        StringBuilder out = new StringBuilder();
        StringBuilder err = new StringBuilder();
        Thread reader = Thread.ofVirtual().start(() -> read(process.getInputStream(), out));
        Thread errors = Thread.ofVirtual().start(() -> read(process.getErrorStream(), err));
        try (var in = process.getOutputStream()) {
            in.write(input);
        } catch (IOException closed) {
            // it did not want the input
        }
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException("did not end: " + command + "\n" + out + err);
        }
        reader.join();
        errors.join();
        return new Result(process.exitValue(), out.toString(), err.toString());
    }

    /// The words of the call, for a test that starts it itself.
    public List<String> command(String user, List<String> options, String... words) {
        List<String> command = new ArrayList<>(List.of("ssh", "-F", "/dev/null", "-i", key.toString(), "-p", String.valueOf(port),
                "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none", "-o", "StrictHostKeyChecking=no", "-o", "BatchMode=yes",
                "-o", "LogLevel=ERROR", "-o", "UserKnownHostsFile=" + folder.resolve("known_hosts")));
        command.addAll(options);
        command.add(user + "@127.0.0.1");
        command.addAll(List.of(words));
        return command;
    }

    private static void read(InputStream from, StringBuilder to) {
        try (from) {
            to.append(new String(from.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException gone) {
            to.append(gone);
        }
    }
}
