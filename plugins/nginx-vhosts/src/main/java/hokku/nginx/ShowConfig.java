package hokku.nginx;

import hokku.api.Access;
import hokku.api.AppName;
import hokku.api.UserError;
import hokku.api.spi.Command;
import hokku.api.spi.Session;
import java.io.IOException;
import java.util.Optional;
import picocli.CommandLine;

/// Shows the file that nginx has for an app.
@CommandLine.Command(name = "nginx:show-config", description = "Display app nginx config")
final class ShowConfig implements Command {
    @CommandLine.Parameters(paramLabel = "<app>", description = "The app")
    private String app;

    private final Configuration configuration;

    ShowConfig(Configuration configuration) {
        this.configuration = configuration;
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
    public void run(Session session) throws IOException {
        AppConfig config = configuration.of(AppName.of(app)).orElseThrow(() -> new UserError("No nginx.conf exists for " + app));
        config.text().lines().forEach(session::print);
    }
}
