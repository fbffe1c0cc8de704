package hokku.dockerfile;

import hokku.api.Env;
import hokku.api.Source;
import hokku.api.SourceTree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// What an image is to be made of.
///
/// @param tree the files, with the Dockerfile as it is to be built
/// @param path where the Dockerfile is among them
/// @param arguments the variables that the Dockerfile asks for
/// @param name what the image is to be called
record Recipe(Source source, SourceTree tree, String path, Dockerfile dockerfile, Map<String, String> arguments, String name) {
    static final String IGNORE_FILE = ".dockerignore";

    static Recipe of(Source source, String path, Dockerfile dockerfile, String name) {
        return new Recipe(source, source.tree(), path, dockerfile, arguments(dockerfile, source.env()), name);
    }

    /// @param replacement is asked for each image that the Dockerfile builds on
    Recipe on(Dockerfile.Replacement replacement) throws IOException, InterruptedException {
        Dockerfile changed = dockerfile.on(arguments, replacement);
        return new Recipe(source, tree.with(path, changed.text().getBytes(StandardCharsets.UTF_8), false), path, changed, arguments, name);
    }

    private static Map<String, String> arguments(Dockerfile dockerfile, Env env) {
        Map<String, String> arguments = new HashMap<>();
        env.asMap().forEach((key, value) -> {
            if (dockerfile.arguments().containsKey(key.value())) {
                arguments.put(key.value(), value);
            }
        });
        return Map.copyOf(arguments);
    }

    /// Everything but what the ignore file names.
    ///
    /// @param always what is sent whatever the ignore file says
    Predicate<SourceTree.Entry> wanted(Set<String> always) throws IOException {
        return wanted(tree.readText(IGNORE_FILE), always);
    }

    static Predicate<SourceTree.Entry> wanted(Optional<String> ignored, Set<String> always) {
        return ignored.map(DockerIgnore::parse)
                .<Predicate<SourceTree.Entry>>map(ignore -> entry -> always.contains(entry.path()) || !ignore.test(entry.path()))
                .orElse(entry -> true);
    }
}
