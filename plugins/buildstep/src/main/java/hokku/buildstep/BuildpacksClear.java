package hokku.buildstep;

import hokku.api.Apps;
import hokku.api.spi.Session;
import java.util.List;
import picocli.CommandLine.Command;

/// Empties the list.
@Command(name = "buildpacks:clear", description = "Remove all buildpacks that are set",
        customSynopsis = "dokku buildpacks:clear <app>")
final class BuildpacksClear extends BuildpacksChange {
    BuildpacksClear(Apps apps) {
        super(apps);
    }

    @Override
    public void run(Session session) throws InterruptedException {
        session.out().step("Clearing the buildpacks of " + name());
        change(list -> List.of(), session.out());
    }
}
