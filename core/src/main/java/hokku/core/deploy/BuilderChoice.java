package hokku.core.deploy;

import hokku.api.App;
import hokku.api.Source;
import hokku.api.UserError;
import hokku.api.hook.Order;
import hokku.api.spi.Builder;
import hokku.core.plugin.Registry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Which builder a source is for: the one that was selected, else the first that takes it, by order and then by name.
final class BuilderChoice {
    private BuilderChoice() {}

    /// @throws UserError when there is none
    static Registry.Contribution<Builder> of(Registry registry, Source source) throws InterruptedException {
        Optional<String> selected = source.app().value(CoreSettings.BUILDER_SELECTED);
        if (selected.isPresent()) {
            return Optional.ofNullable(registry.builders().get(selected.get())).orElseThrow(() -> new UserError(
                    "The builder %s is not there. Installed builders: %s. Choose one with builder:set %s selected <builder>".formatted(
                            selected.get(), String.join(", ", registry.builders().keySet()), source.app().name())));
        }
        SortedMap<Order, List<Registry.Contribution<Builder>>> willing = new TreeMap<>();
        for (Registry.Contribution<Builder> builder : registry.builders().values()) {
            if (Failures.in(builder.plugin(), "looking at the source", () -> builder.value().accepts(source))) {
                Order order = Failures.in(builder.plugin(), "looking at the source", () -> builder.value().order(source));
                willing.computeIfAbsent(order, none -> new ArrayList<>()).add(builder);
            }
        }
        if (willing.isEmpty()) {
            throw new UserError("No builder knows how to build this. " + whatToAdd(registry, source.app()));
        }
        return willing.firstEntry().getValue().getFirst();
    }

    private static String whatToAdd(Registry registry, App app) {
        List<String> wants = registry.builders().values().stream().map(builder -> builder.value().wants()).toList();
        if (wants.isEmpty()) {
            return "Add a plugin with a builder (see plugin:list), then push again";
        }
        String folder = app.value(CoreSettings.BUILD_DIR).orElseThrow();
        String where = folder.equals(CoreSettings.WHOLE_REPOSITORY) ? "the repository" : "the folder " + folder + " of the repository";
        if (wants.size() == 1) {
            return "Add %s to %s, commit and push again".formatted(wants.getFirst(), where);
        }
        return wants.stream().map(want -> "\n       " + want)
                .collect(Collectors.joining("", "Add one of these to %s, commit and push again:".formatted(where), ""));
    }
}
