package hokku.buildstep;

import hokku.api.App;
import hokku.api.Env;
import hokku.api.Json;
import hokku.api.Source;
import hokku.api.SourceTree;
import hokku.api.UserError;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The buildpacks that build a source, in their order.
///
/// @param by who named them; nobody did where they were detected
/// @param others what would have taken the source as well
record BuildpackChoice(List<Buildpack> buildpacks, Optional<String> by, List<Bundled> others) {
    static final String FILE = ".buildpacks";
    private static final Pattern LINE = Pattern.compile("(?m)^\\s*(?:export\\s+)?BUILDPACK_URL=(.+?)\\s*$");

    /// What was named, else what takes the source by its files.
    static Optional<BuildpackChoice> of(Source source, Json json) throws IOException {
        return of(source.app(), source.env(), source.tree(), json);
    }

    /// @param env what the build sees
    static Optional<BuildpackChoice> of(App app, Env env, SourceTree tree, Json json) throws IOException {
        Optional<BuildpackChoice> named = named(app, env, tree, json);
        return named.isPresent() ? named : detected(tree);
    }

    /// What was named: by the variable, by a command, or in the source.
    ///
    /// @throws UserError for a name that can be none
    static Optional<BuildpackChoice> named(Source source, Json json) throws IOException {
        return named(source.app(), source.env(), source.tree(), json);
    }

    private static Optional<BuildpackChoice> named(App app, Env env, SourceTree tree, Json json) throws IOException {
        Optional<String> variable = env.get(BuildstepSettings.BUILDPACK_URL).filter(value -> !value.isBlank());
        if (variable.isPresent()) {
            return by("the variable BUILDPACK_URL", variable.stream());
        }
        Optional<String> line = tree.readText(".env").map(LINE::matcher).filter(Matcher::find)
                .map(found -> found.group(1).replaceAll("^(['\"])(.*)\\1$", "$2")).filter(value -> !value.isBlank());
        if (line.isPresent()) {
            return by("BUILDPACK_URL in the file .env", line.stream());
        }
        Optional<List<String>> set = app.own(BuildstepSettings.LIST);
        if (set.isPresent()) {
            return by("buildpacks:set", set.get().stream());
        }
        Optional<String> file = tree.readText(FILE);
        if (file.isPresent()) {
            Stream<String> lines = file.get().lines().map(String::strip).filter(each -> !each.isEmpty() && !each.startsWith("#"));
            return by("the file " + FILE, lines).or(() -> {
                throw new UserError("The file " + FILE + " names no buildpack. Write one to a line, or remove the file");
            });
        }
        Optional<String> appJson = tree.readText("app.json");
        return appJson.isPresent() && appJson.get().contains("buildpacks") ? by("app.json", urls(json.read(appJson.get()))) : Optional.empty();
    }

    private static Stream<String> urls(Object document) {
        return document instanceof Map<?, ?> object && object.get("buildpacks") instanceof List<?> list
                ? list.stream().map(each -> each instanceof Map<?, ?> one ? one.get("url") : each).filter(String.class::isInstance).map(String.class::cast)
                : Stream.empty();
    }

    private static Optional<BuildpackChoice> by(String whom, Stream<String> names) {
        List<Buildpack> buildpacks = names.map(String::strip).map(Buildpack::parse).toList();
        return buildpacks.isEmpty() ? Optional.empty() : Optional.of(new BuildpackChoice(buildpacks, Optional.of(whom), List.of()));
    }

    /// By the files of the source.
    static Optional<BuildpackChoice> detected(SourceTree tree) throws IOException {
        List<Bundled> taking = Bundled.taking(tree);
        return taking.isEmpty() ? Optional.empty() : Optional.of(new BuildpackChoice(
                List.of(Buildpack.parse(taking.getFirst().name())), Optional.empty(), taking.subList(1, taking.size())));
    }

    /// Those among them that come with the plugin.
    List<Bundled> bundled() {
        return buildpacks.stream().filter(each -> each.kind() == Buildpack.Kind.BUNDLED)
                .map(Buildpack::text).map(Bundled::find).flatMap(Optional::stream).distinct().toList();
    }

    /// As the builder in the container understands them.
    List<String> words(Optional<String> folder) {
        Function<Buildpack, String> word = each -> each.word(folder);
        return buildpacks.stream().map(word).toList();
    }
}
