package hokku.buildstep;

import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.Mount;
import com.github.dockerjava.api.model.MountType;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.LogConfig;
import hokku.api.App;
import hokku.api.BuiltImage;
import hokku.api.Engine;
import hokku.api.Json;
import hokku.api.Output;
import hokku.api.ProcessType;
import hokku.api.Procfile;
import hokku.api.Source;
import hokku.api.TarStream;
import hokku.api.UserError;
import hokku.api.hook.Order;
import hokku.api.spi.Builder;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;

/// Makes an image of source code with buildpacks, in a container that is gone afterwards.
final class BuildstepBuilder implements Builder {
    static final String NAME = "buildstep";
    /// A quarter of what a container has without a word: apps go first where there is not enough for all.
    static final int CPU_SHARES = 256;
    private static final long PROCESSES = 8192;
    private static final String PROCFILE = "Procfile";
    private static final String RELEASE = "/app/.release";
    /// The user that builds, and that the app runs as; each stack has it.
    private static final String USER = "32767";

    private final Engine engine;
    private final Json json;
    private final Stacks stacks;
    private final BuildCaches caches;
    private final Places places = new Places();

    BuildstepBuilder(Engine engine, Json json, Stacks stacks, BuildCaches caches) {
        this.engine = engine;
        this.json = json;
        this.stacks = stacks;
        this.caches = caches;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String wants() {
        return Bundled.allWants();
    }

    @Override
    public boolean accepts(Source source) throws IOException {
        return BuildpackChoice.of(source, json).isPresent();
    }

    /// Who names buildpacks wants them, whatever else is in the source; what is only detected leaves a Dockerfile to who knows it.
    @Override
    public Order order(Source source) throws IOException {
        return BuildpackChoice.named(source, json).isPresent() ? Order.EARLY : Order.LATE;
    }

    @Override
    public void purgeCache(App app) {
        caches.purge(app.id());
    }

    @Override
    public BuiltImage build(Source source, Output out) throws IOException, InterruptedException {
        try {
            // Rather told now than after the build.
            source.tree().readText(PROCFILE).ifPresent(Procfile::parse);
            BuildpackChoice choice = BuildpackChoice.of(source, json).orElseThrow(() -> new UserError(
                    "No buildpack takes this source. Add one of: " + wants() + "; or name a buildpack: buildpacks:set " + source.app().name() + " <buildpack>"));
            try (Places.Place _ = places.take(() -> source.app().global().value(BuildstepSettings.AT_ONCE).orElseThrow(), out)) {
                return built(source, choice, out);
            }
        } catch (CancellationException cancelled) {
            // how the engine's client says that the thread was interrupted
            Thread.interrupted();
            InterruptedException interrupted = new InterruptedException("the build was cancelled");
            interrupted.initCause(cancelled);
            throw interrupted;
        }
    }

    private BuiltImage built(Source source, BuildpackChoice choice, Output out) throws IOException, InterruptedException {
        App app = source.app();
        Optional<String> folder = app.global().value(BuildstepSettings.FOLDER);
        List<String> words = choice.words(folder);
        tell(choice, app, out);
        String stack = stacks.of(source, choice.bundled(), out);
        caches.removeContainersOf(app.id());
        HostConfig host = host(app, choice, folder);
        long cache = BuildstepSettings.bytes(app.value(BuildstepSettings.CACHE_SIZE).orElseThrow()) >> 10;
        Map<String, String> labels = Map.of(BuildCaches.ID, app.id().value(), "hokku.app", app.name().value());
        try (Workshop workshop = Workshop.open(engine, stack, labels, create -> create.withUser(USER).withWorkingDir("/app").withEnv("HOME=/app")
                .withEntrypoint("/exec").withCmd("/build/builder", String.valueOf(cache), source.commit()).withHostConfig(host));
                LineOutput lines = new LineOutput(out::line)) {
            workshop.put(source.tree(), scripts(choice));
            run(workshop, source, words, lines);
            BuildpackRelease release = BuildpackRelease.parse(workshop.text(RELEASE).orElse(""));
            SequencedMap<ProcessType, String> processes = processes(workshop.text("/app/" + PROCFILE), release, workshop.text("/tmp/.kind").orElse("").strip(), out);
            String list = processes.entrySet().stream().map(each -> each.getKey() + ": " + each.getValue() + "\n").collect(Collectors.joining());
            // Not into the app's folder: an archive makes folders root's, and the app may write into its own.
            workshop.put(source.tree(), Map.of("etc/hokku/Procfile", list.getBytes(StandardCharsets.UTF_8),
                    "etc/hokku/config_vars", release.profile().getBytes(StandardCharsets.UTF_8)));
            String image = workshop.commit(engine.imageName(app.name(), source.number()), commit -> commit.withCmd("/start", "web").withUser(USER)
                    .withWorkingDir("/app"));
            SortedMap<ProcessType, List<String>> commands = new TreeMap<>();
            processes.keySet().forEach(type -> commands.put(type, List.of("/start", type.value())));
            return BuiltImage.of(source, image, name(), commands, List.of());
        }
    }

    private static void tell(BuildpackChoice choice, App app, Output out) {
        choice.by().ifPresent(by -> out.detail("Buildpacks by " + by + ": "
                + choice.buildpacks().stream().map(Buildpack::shown).collect(Collectors.joining(", "))));
        if (!choice.others().isEmpty() && !choice.others().stream().allMatch(each -> each.name().equals("procfile"))) {
            out.detail("The source would also do for %s: buildpacks:set %s %s chooses that".formatted(choice.others().stream().map(Bundled::name)
                    .filter(name -> !name.equals("procfile")).collect(Collectors.joining(", ")), app.name(), choice.others().getFirst().name()));
        }
    }

    private HostConfig host(App app, BuildpackChoice choice, Optional<String> folder) {
        long memory = BuildstepSettings.bytes(app.value(BuildstepSettings.MEMORY).orElseThrow());
        HostConfig host = HostConfig.newHostConfig()
                .withMemory(memory).withMemorySwap(memory).withCpuShares(CPU_SHARES).withPidsLimit(PROCESSES)
                .withCapDrop(Capability.ALL).withSecurityOpts(List.of("no-new-privileges"))
                .withLogConfig(new LogConfig(LogConfig.LoggingType.NONE))
                .withInit(true)
                // What is in it is in no layer: the app's variables are there.
                .withTmpFs(Map.of("/tmp/env", "uid=32767,gid=32767,mode=0700,size=16m"))
                .withMounts(List.of(new Mount().withType(MountType.VOLUME).withSource(caches.of(app.id())).withTarget("/cache")));
        String processors = app.value(BuildstepSettings.CPUS).orElseThrow();
        if (!processors.equals("all")) {
            host.withNanoCPUs(Math.round(Double.parseDouble(processors) * 1_000_000_000));
        }
        if (choice.buildpacks().stream().anyMatch(each -> each.kind() == Buildpack.Kind.SERVER)) {
            folder.ifPresent(path -> host.withBinds(Bind.parse(path + ":/buildpacks:ro")));
        }
        return host;
    }

    /// The builder, and the bundled buildpacks that are used.
    private static Map<String, byte[]> scripts(BuildpackChoice choice) {
        Map<String, byte[]> files = new TreeMap<>(Scripts.ALL);
        List<String> used = choice.bundled().stream().map(each -> "build/buildpacks/" + each.name() + "/").toList();
        files.keySet().removeIf(path -> path.startsWith("stack/") || path.startsWith("build/buildpacks/") && used.stream().noneMatch(path::startsWith));
        return files;
    }

    private static void run(Workshop workshop, Source source, List<String> buildpacks, LineOutput lines) throws IOException, InterruptedException {
        App app = source.app();
        TarStream tar = TarStream.open(source.tree(), entry -> true);
        Workshop.End end;
        try (InputStream in = new SequenceInputStream(new ByteArrayInputStream(header(source, buildpacks)), tar)) {
            end = workshop.run(in, lines, app.value(BuildstepSettings.TIMEOUT).orElseThrow());
        }
        lines.close();
        if (tar.failure().isPresent() && end != Workshop.End.DONE && workshop.failure().filter(text -> text.startsWith("The source could not")).isPresent()) {
            throw new IOException("The files of " + app.name() + " could not be sent to the engine", tar.failure().get());
        }
        switch (end) {
            case DONE -> { }
            case TIMED_OUT -> throw new UserError(("The build took more than %d seconds and was ended. See in the lines above what it waited for;"
                    + " builder-buildstep:set %s timeout <seconds> gives it longer")
                            .formatted(app.value(BuildstepSettings.TIMEOUT).orElseThrow().toSeconds(), app.name()));
            case OUT_OF_MEMORY -> throw new UserError(("The build needed more than %s of memory and was ended."
                    + " builder-buildstep:set %s memory <size> gives it more, for instance 4g")
                            .formatted(app.value(BuildstepSettings.MEMORY).orElseThrow(), app.name()));
            case FAILED -> throw new UserError(workshop.failure().orElse("The build failed. What it printed is above") + ".\nMend it, then push again");
        }
    }

    /// What the builder reads before the source: see there.
    private static byte[] header(Source source, List<String> buildpacks) {
        ByteArrayOutputStream header = new ByteArrayOutputStream();
        buildpacks.forEach(word -> item(header, word));
        item(header, "");
        source.env().asMap().forEach((key, value) -> item(header, key + "=" + value));
        item(header, "");
        return header.toByteArray();
    }

    private static void item(ByteArrayOutputStream to, String text) {
        to.writeBytes(text.getBytes(StandardCharsets.UTF_8));
        to.write(0);
    }

    private SequencedMap<ProcessType, String> processes(Optional<String> file, BuildpackRelease release, String kind, Output out) {
        out.step("Discovering process types");
        Optional<Procfile> procfile = file.map(Procfile::parse).filter(found -> !found.lines().isEmpty());
        if (procfile.isPresent()) {
            out.detail("Procfile declares types -> " + names(procfile.get().lines()));
            return procfile.get().lines();
        }
        if (release.processes().isEmpty()) {
            throw new UserError("Nothing says how the app is started: there is no Procfile, and the buildpack knows none of itself."
                    + "\nAdd a Procfile with a line like web: <command>, which listens on $PORT, then push again");
        }
        out.detail("Default process types for " + kind + " -> " + names(release.processes()));
        return release.processes();
    }

    private static String names(Map<ProcessType, String> processes) {
        return processes.keySet().stream().map(ProcessType::value).collect(Collectors.joining(", "));
    }
}
