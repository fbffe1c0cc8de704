package hokku.nginx;

import hokku.api.Access;
import hokku.api.AppName;
import hokku.api.UserError;
import hokku.api.spi.Command;
import hokku.api.spi.Session;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;

/// Asks nginx whether it takes the configuration of one app, or of all of them together.
@CommandLine.Command(name = "nginx:validate-config", description = "Validates the nginx configuration of an app, or of all apps")
final class ValidateConfig implements Command {
    @CommandLine.Parameters(paramLabel = "<app>", arity = "0..1", description = "The app; all of them when left out")
    private Optional<String> app = Optional.empty();

    private final Configuration configuration;

    ValidateConfig(Configuration configuration) {
        this.configuration = configuration;
    }

    @Override
    public Access access() {
        return Access.OPERATE;
    }

    @Override
    public Optional<AppName> app() {
        return app.map(AppName::of);
    }

    @Override
    public void run(Session session) throws IOException, InterruptedException {
        List<AppConfig> files = configuration.all();
        if (app.isPresent()) {
            files = List.of(configuration.of(AppName.of(app.get()))
                    .orElseThrow(() -> new UserError("No nginx.conf exists for " + app.get())));
        }
        String complaint = configuration.validate(files);
        if (!complaint.isEmpty()) {
            throw new UserError("nginx refuses the configuration: " + complaint);
        }
        session.out().step("nginx takes the configuration of " + (app.isPresent() ? app.get() : files.size() + " apps"));
    }
}
