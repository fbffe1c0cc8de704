package hokku.core.git;

import hokku.api.Access;
import hokku.api.AppName;
import hokku.core.ssh.AuthorizedKeys;
import hokku.core.ssh.SshClient;
import hokku.core.ssh.SshDaemon;
import hokku.core.ssh.SshSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Serves real git clients over real ssh, with nothing behind it but git.
final class GitServer implements AutoCloseable {
    private static final Pattern REQUEST = Pattern.compile("(git-receive-pack|git-upload-pack) '/?([^']*)'");

    private final GitReceive receive;
    private final GitUpload upload;
    private final SshDaemon daemon;
    private final String ssh;

    GitServer(Path folder, GitReceive receive, GitUpload upload) throws IOException, InterruptedException {
        this.receive = receive;
        this.upload = upload;
        AuthorizedKeys keys = new AuthorizedKeys(folder.resolve("authorized_keys"));
        daemon = new SshDaemon("127.0.0.1", 0, Files.createDirectory(folder.resolve("host_keys")), keys, this::serve);
        daemon.start();
        SshClient client = SshClient.create(folder, daemon.port(), "somebody");
        keys.add("somebody", Access.DEPLOY, client.publicKey());
        List<String> command = client.command(SshDaemon.USER, List.of());
        ssh = String.join(" ", command.subList(0, command.size() - 1));
    }

    /// What git is to call as `ssh`.
    String ssh() {
        return ssh;
    }

    @Override
    public void close() throws IOException {
        daemon.close();
    }

    private int serve(SshSession session) throws Exception {
        Matcher request = REQUEST.matcher(session.line());
        if (!request.matches()) {
            return 1;
        }
        AppName app = AppName.of(request.group(2));
        return request.group(1).equals("git-receive-pack")
                ? receive.receive(app, session.identity(), session.in(), session.out(), session.err())
                : upload.upload(app, session.identity(), session.in(), session.out(), session.err());
    }
}
