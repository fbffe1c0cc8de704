package hokku.core.plugin;

import hokku.api.ApiVersion;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import org.pf4j.DefaultVersionManager;
import org.pf4j.ManifestPluginDescriptorFinder;
import org.pf4j.PluginDescriptor;
import org.pf4j.VersionManager;

/// Reads and judges what jars say of themselves, before a class of theirs is loaded.
final class Manifests {
    /// An id names files and folders, so it is held to a form that is safe there.
    private static final Pattern ID = Pattern.compile("[a-z0-9]+([.-][a-z0-9]+)*");
    private static final int MAX_ID_LENGTH = 63;
    private static final Pattern PLAIN_VERSION = Pattern.compile("\\d+\\.\\d+\\.\\d+");
    private static final Pattern VERSIONED = Pattern.compile("META-INF/versions/\\d+/");

    private final VersionManager versions = new DefaultVersionManager();

    /// @throws UnsoundPlugin when the file is no jar with a usable manifest
    Descriptor read(Path jar) throws UnsoundPlugin {
        PluginDescriptor found;
        try (JarFile file = new JarFile(jar.toFile())) {
            if (file.getManifest() == null) {
                throw new UnsoundPlugin("has no META-INF/MANIFEST.MF: add one with Plugin-Id, Plugin-Version and Plugin-Class");
            }
            found = new ManifestPluginDescriptorFinder().find(jar);
        } catch (IOException | RuntimeException e) {
            throw new UnsoundPlugin("is no readable jar (" + e.getMessage() + "): build it anew, or copy it again", e);
        }
        String id = entry("Plugin-Id", found.getPluginId());
        if (id.length() > MAX_ID_LENGTH || !ID.matcher(id).matches()) {
            throw new UnsoundPlugin("has a Plugin-Id that is not made of lowercase letters, digits, dots and hyphens,"
                    + " or is longer than " + MAX_ID_LENGTH + ": change it in the manifest");
        }
        String version = entry("Plugin-Version", found.getVersion());
        checkVersion(version);
        List<Descriptor.Need> needs = found.getDependencies().stream()
                .map(need -> new Descriptor.Need(need.getPluginId(),
                        Optional.ofNullable(need.getPluginVersionSupport()).orElse("*"), need.isOptional()))
                .toList();
        return new Descriptor(id, version, entry("Plugin-Class", found.getPluginClass()),
                Objects.requireNonNullElse(found.getRequires(), "*").strip(),
                Objects.requireNonNullElse(found.getPluginDescription(), ""), needs);
    }

    /// @throws UnsoundPlugin when the plugin was made for another version of the API, or brings the API along
    void check(Descriptor descriptor, Path jar) throws UnsoundPlugin {
        String range = descriptor.requires();
        // A plain version means: as it was then, or with additions.
        String meant = PLAIN_VERSION.matcher(range).matches() ? "^" + range : range;
        if (!satisfies(ApiVersion.current(), meant, "Plugin-Requires")) {
            throw new UnsoundPlugin("requires version " + range + " of the plugin API, and this server has " + ApiVersion.current()
                    + ": take another version of the plugin, or upgrade Hokku");
        }
        try (JarFile file = new JarFile(jar.toFile())) {
            Optional<String> bundled = file.stream().map(JarEntry::getName).map(name -> VERSIONED.matcher(name).replaceFirst(""))
                    .filter(name -> name.endsWith(".class")).map(name -> name.replace('/', '.'))
                    .flatMap(name -> ApiOnlyClassLoader.SHARED.stream().filter(shared -> name.startsWith(shared + ".")))
                    .findFirst();
            if (bundled.isPresent()) {
                throw new UnsoundPlugin("bundles " + bundled.get() + ", which the server provides: leave it out of the jar"
                        + " (in Maven: scope provided)");
            }
        } catch (IOException e) {
            throw new UnsoundPlugin("cannot be read (" + e.getMessage() + "): copy it again", e);
        }
    }

    /// @throws UnsoundPlugin when the range is none
    boolean satisfies(String version, String range, String entry) throws UnsoundPlugin {
        if (range.isEmpty() || range.equals("*")) {
            return true;
        }
        try {
            return versions.checkVersionConstraint(version, range);
        } catch (RuntimeException e) {
            throw new UnsoundPlugin("has a range of versions in " + entry + " that cannot be understood: " + range
                    + ". Write it like >=1.0.0 & <2.0.0", e);
        }
    }

    private void checkVersion(String version) throws UnsoundPlugin {
        try {
            versions.compareVersions(version, version);
        } catch (RuntimeException e) {
            throw new UnsoundPlugin("has the Plugin-Version " + version + ": write it as three numbers, like 1.0.0", e);
        }
    }

    private static String entry(String name, String value) throws UnsoundPlugin {
        if (value == null || value.isBlank()) {
            throw new UnsoundPlugin("has no " + name + " in its manifest: add it");
        }
        return value.strip();
    }
}
