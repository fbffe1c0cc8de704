package hokku.buildstep;

import hokku.api.Apps;
import hokku.api.UserError;
import hokku.api.spi.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// Takes a buildpack out of the list.
@Command(name = "buildpacks:remove", description = "Remove a buildpack, by its name or by its place in the list",
        customSynopsis = "dokku buildpacks:remove <app> (<buildpack> | --index <n>)")
final class BuildpacksRemove extends BuildpacksChange {
    @Mixin
    private final Position position = new Position();

    @Parameters(index = "1..*", arity = "0..*", paramLabel = "<buildpack>", description = "As buildpacks:list shows it")
    private final List<String> words = new ArrayList<>();

    BuildpacksRemove(Apps apps) {
        super(apps);
    }

    @Override
    public void run(Session session) throws InterruptedException {
        Optional<Integer> place = position.given();
        if (place.isPresent() && !words.isEmpty()) {
            throw UserError.usage("Please choose either index or Buildpack, but not both");
        }
        String word = place.isPresent() ? "" : one(words, "One buildpack is removed at a time. buildpacks:clear " + name() + " removes all");
        List<String> now = list(apps().get(name()));
        session.out().step("Removing " + Buildpack.masked(now.get(found(now, place, word))));
        change(list -> {
            List<String> shorter = new ArrayList<>(list);
            shorter.remove(found(list, place, word));
            return shorter;
        }, session.out());
    }

    /// Where it is, counted from 0; of one that is there several times the first.
    ///
    /// @param word its name, heeded where no place was given; as it was typed, or as it is shown
    private int found(List<String> list, Optional<Integer> place, String word) {
        if (list.isEmpty()) {
            throw new UserError("No buildpacks were found, next release on " + name() + " will detect buildpack normally");
        }
        if (place.isPresent()) {
            if (place.get() > list.size()) {
                throw new UserError("There is no buildpack at index %d of %s, the last one is at %d. See buildpacks:list %s"
                        .formatted(place.get(), name(), list.size(), name()));
            }
            return place.get() - 1;
        }
        int typed = list.indexOf(word);
        int at = typed >= 0 ? typed : list.stream().map(Buildpack::masked).toList().indexOf(word);
        if (at < 0) {
            throw new UserError("The buildpack " + Buildpack.masked(word) + " is not set for " + name() + ". See buildpacks:list " + name());
        }
        return at;
    }
}
