package hokku.buildstep;

import hokku.api.Access;
import hokku.api.Apps;
import hokku.api.spi.Session;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// Shows the list, in the order in which they run.
@Command(name = "buildpacks:list", description = "List the buildpacks that are set, in their order",
        customSynopsis = "dokku buildpacks:list [--format stdout|json] <app>")
final class BuildpacksList extends BuildpacksCommand {
    @Mixin
    private final Format format = new Format();

    BuildpacksList(Apps apps) {
        super(apps);
    }

    @Override
    public Access access() {
        return Access.READ;
    }

    @Override
    public void run(Session session) {
        List<String> shown = list(apps().get(name())).stream().map(Buildpack::masked).toList();
        if (format.isJson()) {
            session.json(shown);
            return;
        }
        session.out().step(name() + " buildpack urls");
        shown.forEach(each -> session.print("       " + each));
    }
}
