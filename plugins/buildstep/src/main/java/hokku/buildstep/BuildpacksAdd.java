package hokku.buildstep;

import hokku.api.Apps;
import hokku.api.spi.Session;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// Puts a buildpack into the list.
@Command(name = "buildpacks:add", description = "Add a buildpack at the end of the list, or at a place in it",
        customSynopsis = "dokku buildpacks:add [--index <n>] <app> <buildpack>")
final class BuildpacksAdd extends BuildpacksChange {
    @Mixin
    private final Position position = new Position();

    @Parameters(index = "1..*", arity = "0..*", paramLabel = "<buildpack>", description = "A name, an address or a folder")
    private final List<String> words = new ArrayList<>();

    BuildpacksAdd(Apps apps) {
        super(apps);
    }

    @Override
    public void run(Session session) throws InterruptedException {
        int place = position.given().orElse(Integer.MAX_VALUE);
        Buildpack added = usable(one(words, "One buildpack is added at a time. buildpacks:set --replace " + name() + " sets several"));
        session.out().step("Adding " + added.shown());
        change(list -> {
            List<String> longer = new ArrayList<>(list);
            longer.add(Math.min(place - 1, list.size()), added.text());
            return longer;
        }, session.out());
    }
}
