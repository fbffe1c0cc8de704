package hokku.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A developer's folder, and the real git program in it.
public record WorkTree(Path folder, Map<String, String> environment) {
    /// A new repository with the remote `dokku`.
    public static WorkTree init(Path folder, String remote, String sshCommand) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        WorkTree tree = new WorkTree(folder, Map.of("GIT_SSH_COMMAND", sshCommand, "GIT_CONFIG_NOSYSTEM", "1", "GIT_CONFIG_GLOBAL", "/dev/null",
                "GIT_AUTHOR_NAME", "A", "GIT_AUTHOR_EMAIL", "a@example.com", "GIT_COMMITTER_NAME", "A",
                "GIT_COMMITTER_EMAIL", "a@example.com", "GIT_TERMINAL_PROMPT", "0"));
        tree.git("init", "-q", "-b", "master");
        tree.git("remote", "add", "dokku", remote);
        return tree;
    }

    /// Writes files and commits them; the commit's id.
    public String commit(Map<String, String> files) throws IOException, InterruptedException {
        for (Map.Entry<String, String> file : files.entrySet()) {
            Path path = folder.resolve(file.getKey());
            Files.createDirectories(path.getParent());
            Files.writeString(path, file.getValue());
        }
        git("add", "-A");
        git("commit", "-q", "--allow-empty", "-m", "change");
        return git("rev-parse", "HEAD").strip();
    }

    /// What git prints when it ends well.
    String git(String... words) throws IOException, InterruptedException {
        Running.Result result = start(words).end();
        if (result.exit() != 0) {
            throw new AssertionError("git " + String.join(" ", words) + " ended with " + result.exit() + ": " + result.text());
        }
        return result.out();
    }

    Running start(String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of("git"));
        command.addAll(List.of(words));
        return Running.start(command, environment, folder);
    }

    public Running.Result push() throws IOException, InterruptedException {
        return start("push", "dokku", "master").end();
    }

    public Running.Result push(Duration patience) throws IOException, InterruptedException {
        return start("push", "dokku", "master").end(patience);
    }

    /// What the server's branch points at.
    String remote(String branch) throws IOException, InterruptedException {
        return git("ls-remote", "dokku", "refs/heads/" + branch).split("\\s")[0];
    }
}
