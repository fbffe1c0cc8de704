package hokku.nginx;

import hokku.api.Access;
import hokku.api.AppName;
import hokku.api.spi.Command;
import hokku.api.spi.Session;
import java.io.IOException;
import java.util.Optional;
import picocli.CommandLine;

/// Shows the end of an app's error log.
@CommandLine.Command(name = "nginx:error-logs", description = "Show the nginx error logs for an application (-t follows)")
final class ErrorLogs implements Command {
    @CommandLine.Parameters(paramLabel = "<app>", description = "The app")
    private String app;

    @CommandLine.Option(names = {"-t", "--tail"}, description = "Go on with what comes, until interrupted")
    private boolean follow;

    @CommandLine.Option(names = {"-n", "--num"}, paramLabel = "<lines>", defaultValue = "100", description = "How many lines to begin with")
    private int lines;

    private final Folder folder;

    ErrorLogs(Folder folder) {
        this.folder = folder;
    }

    @Override
    public Access access() {
        return Access.READ;
    }

    @Override
    public Optional<AppName> app() {
        return Optional.of(AppName.of(app));
    }

    @Override
    public void run(Session session) throws IOException, InterruptedException {
        AppName name = AppName.of(app);
        new LogReader(folder.errorLog(name), name).show(session, lines, follow);
    }
}
