package hokku.core.git;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A work tree, and the real git program to work in it.
final class GitClient {
    private final Path folder;
    private final String ssh;

    GitClient(Path folder, String ssh) {
        this.folder = folder;
        this.ssh = ssh;
    }

    record Result(int exitCode, String output) {}

    /// A new repository with a remote.
    static GitClient init(Path folder, String ssh, String branch) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        GitClient client = new GitClient(folder, ssh);
        client.ok("init", "-q", "-b", branch);
        client.ok("remote", "add", "dokku", "dokku@127.0.0.1:hello");
        return client;
    }

    Path folder() {
        return folder;
    }

    /// Writes a file and commits it; the commit's id.
    String commit(String file, String content) throws IOException, InterruptedException {
        Path path = folder.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, content);
        ok("add", "-A");
        ok("commit", "-q", "-m", file);
        return id("HEAD");
    }

    String id(String revision) throws IOException, InterruptedException {
        return ok("rev-parse", revision).strip();
    }

    String ok(String... words) throws IOException, InterruptedException {
        Result result = run(words);
        if (result.exitCode() != 0) {
            throw new AssertionError("git " + List.of(words) + " ended with " + result.exitCode() + ": " + result.output());
        }
        return result.output();
    }

    Result run(String... words) throws IOException, InterruptedException {
        Process process = start(words);
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), output);
    }

    Process start(String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of("git"));
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().putAll(Map.of("GIT_SSH_COMMAND", ssh, "GIT_CONFIG_NOSYSTEM", "1", "GIT_CONFIG_GLOBAL", "/dev/null",
                "GIT_AUTHOR_NAME", "A", "GIT_AUTHOR_EMAIL", "a@example.com", "GIT_COMMITTER_NAME", "A",
                "GIT_COMMITTER_EMAIL", "a@example.com", "GIT_TERMINAL_PROMPT", "0"));
        return builder.start();
    }
}
