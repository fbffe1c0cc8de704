package hokku.nginx;

import hokku.api.Access;
import hokku.api.spi.Command;
import hokku.api.spi.Session;
import picocli.CommandLine;

/// Makes nginx take its configuration anew.
@CommandLine.Command(name = "nginx:reload", description = "Reloads the nginx server config")
final class Reload implements Command {
    private final Commits commits;

    Reload(Commits commits) {
        this.commits = commits;
    }

    @Override
    public Access access() {
        return Access.ADMIN;
    }

    @Override
    public void run(Session session) throws Exception {
        session.out().step("Reloading nginx");
        commits.reload();
    }
}
