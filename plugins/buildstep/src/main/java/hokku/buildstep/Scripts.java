package hokku.buildstep;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;

/// What comes with the plugin for use in containers: the builder, the bundled buildpacks, and how an app's processes are started.
final class Scripts {
    private static final String FOLDER = "hokku/buildstep/";

    /// The content of each, by its path in a container without the first slash.
    static final SortedMap<String, byte[]> ALL = Collections.unmodifiableSortedMap(read());

    private Scripts() {}

    private static TreeMap<String, byte[]> read() {
        TreeMap<String, byte[]> found = new TreeMap<>();
        try {
            Path place = Path.of(Scripts.class.getProtectionDomain().getCodeSource().getLocation().toURI());
            if (Files.isDirectory(place)) {
                readFolder(place.resolve(FOLDER), found);
            } else {
                readJar(place, found);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (URISyntaxException impossible) {
            throw new IllegalStateException(impossible);
        }
        found.keySet().removeIf(path -> path.endsWith(".class"));
        return found;
    }

    private static void readFolder(Path folder, Map<String, byte[]> to) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                to.put(folder.relativize(file).toString(), Files.readAllBytes(file));
            }
        }
    }

    private static void readJar(Path file, Map<String, byte[]> to) throws IOException {
        try (JarFile jar = new JarFile(file.toFile())) {
            for (ZipEntry entry : Collections.list(jar.entries())) {
                if (entry.getName().startsWith(FOLDER) && !entry.isDirectory()) {
                    try (InputStream content = jar.getInputStream(entry)) {
                        to.put(entry.getName().substring(FOLDER.length()), content.readAllBytes());
                    }
                }
            }
        }
    }

    /// Whether a file is run, not read.
    static boolean isProgram(byte[] content) {
        return content.length > 1 && content[0] == '#' && content[1] == '!';
    }
}
