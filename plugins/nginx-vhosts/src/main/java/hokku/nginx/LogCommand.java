package hokku.nginx;

import hokku.api.Access;
import hokku.api.AppName;
import hokku.api.spi.Command;
import hokku.api.spi.Session;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine;

/// A command that shows the end of one of an app's logs.
abstract sealed class LogCommand implements Command permits AccessLogs, ErrorLogs {
    @CommandLine.Parameters(paramLabel = "<app>", description = "The app")
    private String app;

    @CommandLine.Option(names = {"-t", "--tail"}, description = "Go on with what comes, until interrupted")
    private boolean follow;

    @CommandLine.Option(names = {"-n", "--num"}, paramLabel = "<lines>", defaultValue = "100", description = "How many lines to begin with")
    private int lines;

    private final Function<AppName, Path> log;

    LogCommand(Function<AppName, Path> log) {
        this.log = log;
    }

    @Override
    public final Access access() {
        return Access.READ;
    }

    @Override
    public final Optional<AppName> app() {
        return Optional.of(AppName.of(app));
    }

    @Override
    public final void run(Session session) throws IOException, InterruptedException {
        AppName name = AppName.of(app);
        new LogReader(log.apply(name), name).show(session, lines, follow);
    }
}
