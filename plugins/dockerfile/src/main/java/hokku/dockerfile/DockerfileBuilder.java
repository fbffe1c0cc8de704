package hokku.dockerfile;

import com.github.dockerjava.api.command.BuildImageCmd;
import com.github.dockerjava.api.command.InspectImageResponse;
import com.github.dockerjava.api.model.ContainerConfig;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.InternetProtocol;
import hokku.api.App;
import hokku.api.BuiltImage;
import hokku.api.Engine;
import hokku.api.Env;
import hokku.api.Output;
import hokku.api.ProcessType;
import hokku.api.Procfile;
import hokku.api.Setting;
import hokku.api.Source;
import hokku.api.SourceTree;
import hokku.api.UserError;
import hokku.api.spi.Builder;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// Builds a source by its Dockerfile, with the engine's own builder and the cache of its layers.
final class DockerfileBuilder implements Builder {
    static final Setting<String> PATH = Setting.of("builder-dockerfile", "dockerfile-path", DockerfileBuilder::path, path -> path)
            .initially("Dockerfile").help("where the Dockerfile is in the repository");

    private static final String IGNORE_FILE = ".dockerignore";
    private static final String PROCFILE = "Procfile";

    private final Engine engine;
    private final CachedLayers layers;

    DockerfileBuilder(Engine engine, CachedLayers layers) {
        this.engine = engine;
        this.layers = layers;
    }

    @Override
    public String name() {
        return "dockerfile";
    }

    @Override
    public String wants() {
        return "a Dockerfile";
    }

    @Override
    public boolean accepts(Source source) throws IOException {
        // Whoever says where the Dockerfile is wants this builder, and is told when it is not there.
        return source.app().own(PATH).isPresent() || source.tree().read(path(source.app())).isPresent();
    }

    @Override
    public BuiltImage build(Source source, Output out) throws IOException, InterruptedException {
        try {
            return built(source, out);
        } catch (CancellationException cancelled) {
            // how the engine's client says that the thread was interrupted
            Thread.interrupted();
            InterruptedException interrupted = new InterruptedException("the build was cancelled");
            interrupted.initCause(cancelled);
            throw interrupted;
        }
    }

    private BuiltImage built(Source source, Output out) throws IOException, InterruptedException {
        String path = path(source.app());
        Dockerfile dockerfile = Dockerfile.parse(source.tree().readText(path).orElseThrow(() -> new UserError(
                "The repository has no " + path + ". Add one, or say where it is: builder-dockerfile:set " + source.app().name()
                        + " dockerfile-path <path>")));
        Optional<Procfile> procfile = source.tree().readText(PROCFILE).map(Procfile::parse);
        SortedMap<ProcessType, List<String>> processes = new TreeMap<>();
        procfile.ifPresent(found -> found.lines().forEach((type, line) -> processes.put(type, ProcessWords.of(type, line))));
        Build build = new Build(engine, layers, source, path);
        String built;
        try (ContextStream context = ContextStream.open(source.tree(), wanted(source.tree(), path))) {
            Map<String, String> arguments = arguments(dockerfile, source.env());
            built = build.run(command(path, arguments, context), dockerfile.bases(arguments), context, out);
        }
        InspectImageResponse image = engine.client().inspectImageCmd(built).exec();
        if (procfile.isEmpty()) {
            if (!startsByItself(image)) {
                build.discard();
                throw new UserError("The image says nothing about what to start: it has neither CMD nor ENTRYPOINT, and"
                        + " the repository no Procfile.\nAdd a CMD to " + path
                                + ", for instance CMD [\"./start\"], then push again");
            }
            processes.put(ProcessType.WEB, List.of());
        }
        List<ExposedPort> exposed = exposed(image);
        Set<Integer> tcp = exposed.stream().filter(port -> port.getProtocol() == InternetProtocol.TCP)
                .map(ExposedPort::getPort).collect(Collectors.toSet());
        BuiltImage result = BuiltImage.of(source, image.getId(), name(), processes, dockerfile.ordered(tcp));
        boolean onlyOther = tcp.isEmpty() && !exposed.isEmpty();
        return dockerfile.keptFromProxy() || onlyOther ? result.withoutRoute() : result;
    }

    private BuildImageCmd command(String path, Map<String, String> arguments, ContextStream context) {
        BuildImageCmd command = engine.client().buildImageCmd()
                .withTarInputStream(context)
                .withDockerfilePath(path)
                .withRemove(true)
                .withForcerm(true);
        arguments.forEach(command::withBuildArg);
        return command;
    }

    /// The variables that the Dockerfile asks for.
    private static Map<String, String> arguments(Dockerfile dockerfile, Env env) {
        Map<String, String> arguments = new HashMap<>();
        env.asMap().forEach((key, value) -> {
            if (dockerfile.arguments().containsKey(key.value())) {
                arguments.put(key.value(), value);
            }
        });
        return arguments;
    }

    /// Everything but what the ignore file names; the engine needs the two files themselves, and leaves them out by itself.
    private static Predicate<SourceTree.Entry> wanted(SourceTree tree, String path) throws IOException {
        Set<String> always = Set.of(path, IGNORE_FILE);
        return tree.readText(IGNORE_FILE).map(DockerIgnore::parse)
                .<Predicate<SourceTree.Entry>>map(ignore -> entry -> always.contains(entry.path()) || !ignore.test(entry.path()))
                .orElse(entry -> true);
    }

    private static boolean startsByItself(InspectImageResponse image) {
        return config(image).map(config -> !isEmpty(config.getCmd()) || !isEmpty(config.getEntrypoint())).orElse(false);
    }

    private static List<ExposedPort> exposed(InspectImageResponse image) {
        return config(image).map(ContainerConfig::getExposedPorts).map(Arrays::asList).orElse(List.of());
    }

    private static Optional<ContainerConfig> config(InspectImageResponse image) {
        return Optional.ofNullable(image.getConfig());
    }

    private static boolean isEmpty(String... words) {
        return words == null || words.length == 0;
    }

    private static String path(App app) {
        return app.value(PATH).orElseThrow();
    }

    private static String path(String text) {
        String path = text.startsWith("./") ? text.substring(2) : text;
        boolean inside = !path.isEmpty() && !path.startsWith("/") && Arrays.stream(path.split("/", -1)).noneMatch(
                word -> word.isEmpty() || word.equals(".") || word.equals(".."));
        if (!inside || path.codePoints().anyMatch(Character::isISOControl)) {
            throw new UserError("Invalid value for dockerfile-path."
                    + " Use a path inside the repository, for instance docker/Dockerfile");
        }
        return path;
    }
}
