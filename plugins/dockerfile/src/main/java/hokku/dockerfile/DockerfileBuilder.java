package hokku.dockerfile;

import com.github.dockerjava.api.command.InspectImageResponse;
import com.github.dockerjava.api.model.ContainerConfig;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.InternetProtocol;
import hokku.api.App;
import hokku.api.BuiltImage;
import hokku.api.Engine;
import hokku.api.Output;
import hokku.api.ProcessType;
import hokku.api.Procfile;
import hokku.api.Source;
import hokku.api.UserError;
import hokku.api.spi.Builder;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;

/// Makes a built image of a source by its Dockerfile: which way the image itself is made is for others.
final class DockerfileBuilder implements Builder {
    private static final String PROCFILE = "Procfile";

    private final Engine engine;
    private final BuildChoice choice;
    private final CachedLayers layers;

    DockerfileBuilder(Engine engine, BuildChoice choice, CachedLayers layers) {
        this.engine = engine;
        this.choice = choice;
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
        return source.app().own(BuildSettings.PATH).isPresent() || source.tree().read(path(source.app())).isPresent();
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

    /// BuildKit's cache is the engine's, where nothing says which app a part of it is of.
    @Override
    public void purgeCache(App app) throws IOException {
        layers.purge(app.id());
    }

    private BuiltImage built(Source source, Output out) throws IOException, InterruptedException {
        String path = path(source.app());
        Dockerfile dockerfile = Dockerfile.parse(source.tree().readText(path).orElseThrow(() -> new UserError(
                "The source has no " + path + ". Add one, or say where it is: builder-dockerfile:set " + source.app().name()
                        + " dockerfile-path <path>")));
        Optional<Procfile> procfile = source.tree().readText(PROCFILE).map(Procfile::parse);
        SortedMap<ProcessType, List<String>> processes = new TreeMap<>();
        procfile.ifPresent(found -> found.lines().forEach((type, line) -> processes.put(type, ProcessWords.of(type, line))));
        String named = engine.imageName(source.app().name(), source.number());
        String built = choice.of(source.app()).run(Recipe.of(source, path, dockerfile, named), out);
        InspectImageResponse image = engine.client().inspectImageCmd(built).exec();
        if (procfile.isEmpty()) {
            if (!startsByItself(image)) {
                // by its name: the image of another app may be made of the very same layers
                Undisturbed.run("remove an image of no use", () -> engine.client().removeImageCmd(named).exec());
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
        return app.value(BuildSettings.PATH).orElseThrow();
    }
}
