package hokku.buildstep;

import com.github.dockerjava.api.command.InspectImageResponse;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.ContainerConfig;
import com.github.dockerjava.api.model.HealthCheck;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.Image;
import hokku.api.App;
import hokku.api.Engine;
import hokku.api.HostAuthorities;
import hokku.api.Output;
import hokku.api.Source;
import hokku.api.UserError;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/// The images that apps are built on: a base with what every build needs, and on it the toolchains of the bundled buildpacks.
///
/// A stack is made once for all apps, and kept under a name that follows from what it is made of. A file says when one was used last.
final class Stacks {
    /// Counts the ways in which stacks were made.
    private static final String FORM = "2";
    private static final Duration LONGEST = Duration.ofMinutes(30);
    private static final Duration UNUSED = Duration.ofDays(30);
    private static final List<String> EVERY_BUILD = List.of("bash", "build-essential", "ca-certificates", "curl", "git", "procps", "unzip", "xz-utils", "zip");
    private static final String AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt";

    private final Engine engine;
    private final BaseImage bases;
    private final HostAuthorities authorities;
    private final Path folder;
    /// One stack is made once, by whoever comes first.
    private final Map<String, ReentrantLock> locks = new ConcurrentHashMap<>();

    /// @param folder for the files that say when a stack was used
    Stacks(Engine engine, BaseImage bases, HostAuthorities authorities, Path folder) {
        this.engine = engine;
        this.bases = bases;
        this.authorities = authorities;
        this.folder = folder;
    }

    static String base(App app) {
        return app.value(BuildstepSettings.STACK).orElseThrow();
    }

    /// The stack for a source that some buildpacks are to build; made if it is not there.
    ///
    /// @return its name
    String of(Source source, List<Bundled> buildpacks, Output out) throws IOException, InterruptedException {
        SortedMap<String, String> certificates = authorities.certificates();
        String base = base(source.app());
        String common = made(source, bases.id(base, out), base, EVERY_BUILD, certificates, out);
        List<String> packages = List.copyOf(new TreeSet<>(buildpacks.stream().flatMap(each -> each.packages().stream()).toList()));
        return packages.isEmpty() ? common : made(source, image(common).orElseThrow().getId(), common, packages, new TreeMap<>(), out);
    }

    private String made(Source source, String on, String called, List<String> packages, SortedMap<String, String> certificates, Output out)
            throws IOException, InterruptedException {
        String tag = tag(on, packages, certificates);
        String name = repository() + ":" + tag;
        Files.createDirectories(folder);
        Files.writeString(folder.resolve(tag), called + "\n");
        ReentrantLock lock = locks.computeIfAbsent(tag, none -> new ReentrantLock());
        if (!lock.tryLock()) {
            out.detail("Waiting for the stack, which another build is preparing");
            lock.lockInterruptibly();
        }
        try {
            if (image(name).isEmpty()) {
                make(source, on, name, packages, certificates, out);
            }
        } finally {
            lock.unlock();
        }
        return name;
    }

    private void make(Source source, String on, String name, List<String> packages, SortedMap<String, String> certificates, Output out)
            throws IOException, InterruptedException {
        demandNoVolume(on, base(source.app()));
        out.step("Preparing the stack: this takes a minute or two, once for all apps");
        out.detail("Installing " + String.join(" ", packages));
        Map<String, byte[]> files = new TreeMap<>(Map.of("hokku/prepare", Scripts.ALL.get("stack/prepare")));
        certificates.forEach((file, text) -> files.put("usr/local/share/ca-certificates/" + file, text.getBytes(StandardCharsets.ISO_8859_1)));
        List<String> command = Stream.concat(Stream.of("/hokku/prepare"), packages.stream()).toList();
        HostConfig host = HostConfig.newHostConfig().withCpuShares(BuildstepBuilder.CPU_SHARES);
        try (Workshop workshop = Workshop.open(engine, on, Map.of(), create -> create.withUser("root").withEntrypoint(command).withCmd(List.of())
                // What the image has of that is about a program of its own, not about the app.
                .withHealthcheck(new HealthCheck().withTest(List.of("NONE")))
                .withHostConfig(host)); LineOutput lines = new LineOutput(out::line)) {
            workshop.put(source.tree(), files);
            Workshop.End end = workshop.run(InputStream.nullInputStream(), lines, LONGEST);
            if (end != Workshop.End.DONE) {
                String reason = end == Workshop.End.TIMED_OUT ? "that took more than " + LONGEST.toMinutes() + " minutes"
                        : workshop.failure().orElse("what it printed is above");
                throw new UserError(("The stack could not be made on %s: %s.\nLook whether the server reaches the mirror of its packages, then push again;"
                        + " buildpacks:set-property %s stack <image> chooses another image").formatted(base(source.app()), reason, source.app().name()));
            }
            workshop.commit(name, commit -> commit.withCmd("bash").withUser("root").withEnv("LANG=C.UTF-8", "SSL_CERT_FILE=" + AUTHORITIES,
                    "REQUESTS_CA_BUNDLE=" + AUTHORITIES, "PIP_CERT=" + AUTHORITIES, "NODE_EXTRA_CA_CERTS=" + AUTHORITIES));
        }
    }

    /// What is in a volume becomes no part of an image.
    private void demandNoVolume(String on, String called) {
        ContainerConfig config = engine.client().inspectImageCmd(on).exec().getConfig();
        Map<String, ?> volumes = Optional.ofNullable(config).<Map<String, ?>>map(ContainerConfig::getVolumes).orElse(Map.of());
        if (volumes.keySet().stream().anyMatch(path -> (path + "/").startsWith("/app/"))) {
            throw new UserError("The image %s has a volume in /app (VOLUME), where apps are built: they would not be in their images. Make one without it"
                    .formatted(called));
        }
    }

    private String repository() {
        return "hokku-" + engine.instance() + "-buildstep/stack";
    }

    private Optional<InspectImageResponse> image(String name) {
        try {
            return Optional.of(engine.client().inspectImageCmd(name).exec());
        } catch (NotFoundException none) {
            return Optional.empty();
        }
    }

    private static String tag(String on, List<String> packages, SortedMap<String, String> certificates) {
        try {
            byte[] recipe = (FORM + "\n" + on + "\n" + packages + "\n" + certificates).getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(recipe)).substring(0, 32);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /// Removes the stacks that nothing was built on for long. Apps that were built on one keep its layers.
    void removeUnused(Instant now) throws IOException {
        for (Image image : engine.client().listImagesCmd().withReferenceFilter(repository()).exec()) {
            for (String name : Optional.ofNullable(image.getRepoTags()).orElse(new String[0])) {
                Path used = folder.resolve(name.substring(name.lastIndexOf(':') + 1));
                if (!Files.exists(used) || Files.getLastModifiedTime(used).toInstant().isBefore(now.minus(UNUSED))) {
                    engine.client().removeImageCmd(name).exec();
                    Files.deleteIfExists(used);
                }
            }
        }
    }
}
