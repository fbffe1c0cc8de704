package hokku.buildstep;

import hokku.api.Apps;
import hokku.api.UserError;
import hokku.api.spi.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Puts a buildpack in the place of another one, or sets the whole list.
@Command(name = "buildpacks:set", description = "Set the buildpack at a place of the list, the first one unless it is said, or the whole list",
        customSynopsis = "dokku buildpacks:set ([--index <n>] <app> <buildpack> | --replace <app> <buildpack> [<buildpack> ...])")
final class BuildpacksSet extends BuildpacksChange {
    @Mixin
    private final Position position = new Position();

    @Option(names = "--replace", description = "Set the whole list")
    private boolean whole;

    @Parameters(index = "1..*", arity = "0..*", paramLabel = "<buildpack>", description = "A name, an address or a folder")
    private final List<String> words = new ArrayList<>();

    BuildpacksSet(Apps apps) {
        super(apps);
    }

    @Override
    public void run(Session session) throws InterruptedException {
        if (whole) {
            replace(session);
            return;
        }
        int place = position.given().orElse(1);
        Buildpack set = usable(one(words, "Setting multiple buildpacks requires the --replace flag"));
        session.out().step("Setting " + set.shown());
        change(list -> {
            List<String> changed = new ArrayList<>(list);
            if (place > list.size()) {
                changed.add(set.text());
            } else {
                changed.set(place - 1, set.text());
            }
            return changed;
        }, session.out());
    }

    private void replace(Session session) throws InterruptedException {
        if (position.given().isPresent()) {
            throw UserError.usage("--replace sets the whole list, --index one place of it: give one of them");
        }
        if (words.isEmpty()) {
            throw UserError.usage("Must specify a buildpack");
        }
        List<Buildpack> all = words.stream().map(this::usable).toList();
        session.out().step("Setting " + all.stream().map(Buildpack::shown).collect(Collectors.joining(", ")));
        change(list -> all.stream().map(Buildpack::text).toList(), session.out());
    }
}
