package hokku.nginx;

import hokku.api.UserError;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// Calls nginx' program, as the user whose nginx it is.
///
/// In an installation that is another user, and sudo allows the server these word lists and nothing else.
final class Program {
    private static final Path USUAL = Path.of("/usr/sbin/nginx");
    private static final long LONGEST_SECONDS = 60;

    private final Folder folder;
    private final Optional<String> user;

    /// @param user the user that nginx runs as when that is not this process' own
    Program(Folder folder, Optional<String> user) {
        this.folder = folder;
        this.user = user;
    }

    /// Whether a service of its own runs nginx.
    boolean isForeign() {
        return user.isPresent();
    }

    /// Validates the candidate configuration.
    ///
    /// @return what nginx has against it; empty when it would take it
    String validate() throws IOException, InterruptedException {
        return run(folder.candidate().resolve("nginx.conf"), "-t", "-q");
    }

    /// Asks the running nginx to take its configuration anew. Returns before it has.
    ///
    /// The process that only passes this on would read the whole configuration itself to find nginx' pid file, so it is given
    /// another one.
    void reload() throws IOException, InterruptedException {
        demand("reload", run(folder.signal(), "-s", "reload"));
    }

    /// Asks the running nginx to open its log files anew.
    void reopen() throws IOException, InterruptedException {
        demand("reopen its logs", run(folder.signal(), "-s", "reopen"));
    }

    /// Starts nginx in a session of its own, in the background; returns when it listens.
    void start() throws IOException, InterruptedException {
        demand("start", run(folder.main()));
    }

    /// What the program calls itself: `nginx/1.22.1`.
    String version() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(binary().toString(), "-v").redirectErrorStream(true)
                .redirectInput(Path.of("/dev/null").toFile()).start();
        try {
            process.waitFor();
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).replaceFirst("(?s)^nginx version: (\\S+).*", "$1");
        } finally {
            process.destroyForcibly();
        }
    }

    /// The user that nginx should run as; empty for this process' own.
    Optional<String> user() {
        return user;
    }

    private static void demand(String what, String complaint) {
        if (!complaint.isEmpty()) {
            throw new UserError(UserError.UNAVAILABLE, "nginx could not " + what + ": " + complaint);
        }
    }

    private String run(Path config, String... arguments) throws IOException, InterruptedException {
        List<String> words = words(binary(), config, arguments);
        Path output = Files.createTempFile("nginx", ".out");
        try {
            // A file, not a pipe: an nginx that stays in the background would keep a pipe open.
            Process process = new ProcessBuilder(words).directory(folder.root().toFile()).redirectErrorStream(true)
                    .redirectInput(Path.of("/dev/null").toFile()).redirectOutput(output.toFile()).start();
            try {
                if (!process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS)) {
                    throw new UserError(UserError.UNAVAILABLE, "nginx did not end within " + LONGEST_SECONDS + " s: "
                            + String.join(" ", words));
                }
            } finally {
                process.destroyForcibly();
            }
            String said = new String(Files.readAllBytes(output), StandardCharsets.UTF_8).strip();
            return process.exitValue() == 0 ? "" : said.isEmpty() ? "exit code " + process.exitValue() : Complaint.shortened(said, folder);
        } finally {
            Files.deleteIfExists(output);
        }
    }

    List<String> words(Path binary, Path config, String... arguments) {
        List<String> words = new ArrayList<>();
        user.ifPresent(name -> words.addAll(List.of("sudo", "-n", "-u", name)));
        words.add(binary.toString());
        words.addAll(List.of("-p", folder.root() + "/", "-c", config.toString()));
        words.addAll(List.of(arguments));
        return words;
    }

    private static Path binary() {
        if (Files.isExecutable(USUAL)) {
            return USUAL;
        }
        for (String directory : Optional.ofNullable(System.getenv("PATH")).orElse("").split(":")) {
            Path candidate = Path.of(directory.isEmpty() ? "/" : directory, "nginx");
            if (Files.isExecutable(candidate) && !Files.isDirectory(candidate)) {
                return candidate;
            }
        }
        throw new UserError(UserError.UNAVAILABLE, "nginx is not installed. Install it, for instance with apt-get install nginx");
    }
}
