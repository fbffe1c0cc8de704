package hokku.dockerfile;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.BuildImageResultCallback;
import com.github.dockerjava.api.command.InspectImageResponse;
import com.github.dockerjava.api.exception.DockerClientException;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Image;
import hokku.api.Engine;
import hokku.api.HostAuthorities;
import hokku.api.Output;
import hokku.api.SourceTree;
import hokku.api.TarStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Images to build on that trust what this host trusts.
///
/// No builder lets a file into RUN that the Dockerfile does not name. So each image behind a FROM gets a variant with the
/// authorities, and what is built stands on that. Variants are kept by name, and by a file that says when one was used last.
final class TrustingBases {
    private static final Logger LOG = LoggerFactory.getLogger(TrustingBases.class);
    /// Counts the ways in which variants were made.
    private static final String FORM = "1";
    private static final Duration UNUSED = Duration.ofDays(14);
    /// For programs that bring their own list along: Python's, Node's and what is linked with its own OpenSSL.
    private static final List<String> VARIABLES = List.of("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "PIP_CERT", "NODE_EXTRA_CA_CERTS");
    private static final String OURS = ".hokku-authorities/";

    /// Where a system keeps all that it trusts, and where it looks for more.
    private record Place(String bundle, String anchors) {}

    private static final Place DEBIAN_AND_ALPINE = new Place("/etc/ssl/certs/ca-certificates.crt", "/usr/local/share/ca-certificates/");
    private static final List<Place> PLACES = List.of(DEBIAN_AND_ALPINE,
            new Place("/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "/etc/pki/ca-trust/source/anchors/"));

    private final Engine engine;
    private final HostAuthorities authorities;
    private final Path folder;

    /// @param folder for the files that say when a variant was used
    TrustingBases(Engine engine, HostAuthorities authorities, Path folder) {
        this.engine = engine;
        this.authorities = authorities;
        this.folder = folder;
    }

    /// A way of building that lets a build stand on images that trust what the host trusts.
    ImageBuild under(ImageBuild build) {
        return (recipe, out) -> {
            SortedMap<String, String> certificates = authorities.certificates();
            if (certificates.isEmpty()) {
                out.warn("trust-host-authorities is true, but the host has no certificates in " + authorities.folder() + " (*.crt)");
                return build.run(recipe, out);
            }
            Map<String, String> originals = new LinkedHashMap<>();
            Recipe changed = recipe.on(base -> {
                String variant = variant(base, recipe.tree(), certificates, out);
                originals.put(variant, base);
                return variant;
            });
            return build.run(changed, new FamiliarNames(out, originals));
        };
    }

    private String repository() {
        return "hokku-" + engine.instance() + "-authorities/base";
    }

    private String variant(String base, SourceTree tree, SortedMap<String, String> certificates, Output out) throws IOException, InterruptedException {
        DockerClient docker = engine.client();
        Optional<InspectImageResponse> found = image(docker, base);
        if (found.isEmpty()) {
            // the build says in its own words why it is not there
            return base;
        }
        InspectImageResponse image = found.get();
        if (image.getConfig() != null && image.getConfig().getOnBuild() != null && image.getConfig().getOnBuild().length > 0) {
            out.warn("Steps on " + base + " do not trust the host's authorities: the image has ONBUILD instructions");
            return base;
        }
        String tag = tag(image.getId(), certificates);
        String name = repository() + ":" + tag;
        Files.createDirectories(folder);
        Files.writeString(folder.resolve(tag), base + "\n");
        if (inspect(docker, name).isEmpty()) {
            out.line("Adding the certificate authorities of the host to " + base);
            make(docker, image, name, tree, certificates);
        }
        return name;
    }

    private static Optional<InspectImageResponse> inspect(DockerClient docker, String name) {
        try {
            return Optional.of(docker.inspectImageCmd(name).exec());
        } catch (NotFoundException none) {
            return Optional.empty();
        }
    }

    private static Optional<InspectImageResponse> image(DockerClient docker, String name) throws InterruptedException {
        Optional<InspectImageResponse> there = inspect(docker, name);
        if (there.isPresent()) {
            return there;
        }
        boolean exact = name.contains("@") || name.substring(name.lastIndexOf('/') + 1).contains(":");
        try {
            docker.pullImageCmd(exact ? name : name + ":latest").start().awaitCompletion();
            return inspect(docker, name);
        } catch (DockerException | DockerClientException unreachable) {
            LOG.debug("{} cannot be pulled", name, unreachable);
            return Optional.empty();
        }
    }

    private static String tag(String image, SortedMap<String, String> certificates) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update((FORM + "\n" + image + "\n" + certificates).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest.digest()).substring(0, 32);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private void make(DockerClient docker, InspectImageResponse image, String name, SourceTree tree, SortedMap<String, String> certificates)
            throws IOException, InterruptedException {
        Map<Place, String> bundles = bundles(docker, image.getId());
        if (bundles.isEmpty()) {
            bundles.put(DEBIAN_AND_ALPINE, authorities.everything());
        }
        Map<String, String> files = new HashMap<>();
        List<String> lines = new ArrayList<>(List.of("FROM " + image.getId()));
        bundles.forEach((place, bundle) -> {
            String number = OURS + "bundle" + lines.size();
            // a bundle may hold them already: the host's does
            files.put(number, bundle + String.join("", certificates.values().stream().filter(one -> !bundle.contains(one)).toList()));
            lines.add("COPY " + number + " " + place.bundle());
            lines.add("COPY " + OURS + "anchors/ " + place.anchors());
        });
        certificates.forEach((file, text) -> files.put(OURS + "anchors/" + file, text));
        Set<String> set = Stream.of(image.getConfig() == null || image.getConfig().getEnv() == null ? new String[0] : image.getConfig().getEnv())
                .map(one -> one.split("=", 2)[0]).collect(java.util.stream.Collectors.toSet());
        String bundle = bundles.keySet().iterator().next().bundle();
        VARIABLES.stream().filter(variable -> !set.contains(variable)).forEach(variable -> lines.add("ENV " + variable + "=" + bundle));
        files.put(OURS + "Dockerfile", String.join("\n", lines) + "\n");
        SourceTree all = tree;
        for (Map.Entry<String, String> file : files.entrySet()) {
            all = all.with(file.getKey(), file.getValue().getBytes(StandardCharsets.ISO_8859_1), false);
        }
        try (TarStream context = TarStream.open(all, entry -> files.containsKey(entry.path()));
                BuildImageResultCallback result = new BuildImageResultCallback()) {
            docker.buildImageCmd().withTarInputStream(context).withDockerfilePath(OURS + "Dockerfile").withTags(Set.of(name)).withRemove(true)
                    .withForcerm(true).exec(result).awaitImageId();
        }
    }

    /// What an image trusts, by the places that it has.
    private Map<Place, String> bundles(DockerClient docker, String image) throws IOException {
        Map<Place, String> found = new LinkedHashMap<>();
        String container = docker.createContainerCmd(image).withCmd("true").withLabels(Map.of(Engine.INSTANCE_LABEL, engine.instance())).exec().getId();
        try {
            for (Place place : PLACES) {
                engine.file(container, place.bundle()).ifPresent(bytes -> found.put(place, new String(bytes, StandardCharsets.ISO_8859_1)));
            }
        } finally {
            Undisturbed.run("remove a container", () -> docker.removeContainerCmd(container).withForce(true).withRemoveVolumes(true).exec());
        }
        return found;
    }

    /// Removes the variants that nothing was built on for long. What was built on one keeps its layers.
    void removeUnused(Instant now) throws IOException {
        DockerClient docker = engine.client();
        for (Image image : docker.listImagesCmd().withReferenceFilter(repository()).exec()) {
            for (String name : Arrays.asList(Optional.ofNullable(image.getRepoTags()).orElse(new String[0]))) {
                Path used = folder.resolve(name.substring(name.lastIndexOf(':') + 1));
                if (!Files.exists(used) || Files.getLastModifiedTime(used).toInstant().isBefore(now.minus(UNUSED))) {
                    docker.removeImageCmd(name).exec();
                    Files.deleteIfExists(used);
                }
            }
        }
    }
}
