package hokku.dockerfile;

import hokku.api.UserError;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// How `docker buildx build` is called for a recipe. Values of variables are in its environment, never among its words.
///
/// @param arguments the variables that ARGs ask for
/// @param secrets the variables that secret mounts ask for
/// @param unknown what secret mounts ask for and the app does not have
record BuildKitCall(String path, String name, Map<String, String> arguments, Map<String, String> secrets, List<String> unknown) {
    /// Names that would change what the program itself does.
    private static final Pattern HEEDED = Pattern.compile("(?i)PATH|HOME|TMPDIR|LD_.*|GODEBUG|GOGC|GOMEMLIMIT|GOMAXPROCS|GOTRACEBACK|GOCOVERDIR"
            + "|GRPC_.*|DOCKER_.*|BUILDX_.*|BUILDKIT_.*|BUILDCTL_.*|OTEL_.*|SSL_CERT_.*|XDG_.*|HOKKU_.*");
    /// By an app's proxy an engine elsewhere would be reached.
    private static final Pattern PROXY = Pattern.compile("(?i)(HTTPS?|ALL|NO)_PROXY");
    /// Secrets have names of our own in the environment: what an app calls them might mean something to the program.
    private static final String SECRET = "HOKKU_SECRET_";

    BuildKitCall {
        arguments = Map.copyOf(arguments);
        secrets = Map.copyOf(secrets);
        unknown = List.copyOf(unknown);
    }

    /// @param local whether the engine is on this machine
    /// @throws UserError when the Dockerfile asks for what cannot be handed over
    static BuildKitCall of(Recipe recipe, boolean local) {
        if (recipe.dockerfile().mounts().stream().anyMatch(Mount::isSsh)) {
            throw new UserError(recipe.path() + " uses --mount=type=ssh, and the server has no ssh agent for builds.\n"
                    + "Put the key into a variable of the app and read it by --mount=type=secret,id=<variable>, then push again");
        }
        for (String argument : recipe.arguments().keySet()) {
            if (HEEDED.matcher(argument).matches() || !local && PROXY.matcher(argument).matches()) {
                throw new UserError(("%s has an ARG %s, and the app a variable of that name, which means something to the program that builds.\n"
                        + "Call it otherwise, or build without BuildKit: builder-dockerfile:set %s buildkit off")
                        .formatted(recipe.path(), argument, recipe.source().app().name()));
            }
        }
        Map<String, String> variables = recipe.source().env().asMap().entrySet().stream()
                .collect(Collectors.toMap(one -> one.getKey().value(), Entry::getValue));
        Map<String, String> secrets = new HashMap<>();
        List<String> unknown = new ArrayList<>();
        recipe.dockerfile().mounts().stream().filter(Mount::isSecret).map(Mount::id).filter(id -> !id.isEmpty()).distinct().sorted().forEach(id -> {
            if (variables.containsKey(id)) {
                secrets.put(id, variables.get(id));
            } else {
                unknown.add(id);
            }
        });
        return new BuildKitCall(recipe.path(), recipe.name(), recipe.arguments(), secrets, unknown);
    }

    /// @param image the file that is to hold the image's id
    List<String> words(Path image) {
        List<String> words = new ArrayList<>(List.of("build", "--builder", "default", "--progress", "rawjson", "--iidfile", image.toString(),
                "--tag", name, "--file", path));
        arguments.keySet().stream().sorted().forEach(argument -> words.addAll(List.of("--build-arg", argument)));
        numbered().forEach((variable, id) -> words.addAll(List.of("--secret", "id=" + id + ",env=" + variable)));
        words.add("-");
        return words;
    }

    /// @param folder where the program keeps what it wants to remember of this one build
    Map<String, String> environment(Path folder) {
        Map<String, String> environment = new HashMap<>(arguments);
        numbered().forEach((variable, id) -> environment.put(variable, secrets.get(id)));
        environment.put("BUILDX_CONFIG", folder.toString());
        return environment;
    }

    private Map<String, String> numbered() {
        Map<String, String> numbered = new TreeMap<>();
        secrets.keySet().stream().sorted().forEach(id -> numbered.put(SECRET + (numbered.size() + 1), id));
        return numbered;
    }
}
