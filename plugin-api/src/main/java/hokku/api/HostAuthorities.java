package hokku.api;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/// The certificate authorities that this host trusts besides those that come with its system, as a company's proxy has one: images
/// that download while they are built need them. Looked up anew at each call.
///
/// @param folder where `update-ca-certificates` finds them
/// @param bundle all that the host trusts, in one file
public record HostAuthorities(Path folder, Path bundle) {
    private static final String BEGIN = "-----BEGIN CERTIFICATE-----";

    public static HostAuthorities ofThisHost() {
        return new HostAuthorities(Path.of("/usr/local/share/ca-certificates"), Path.of("/etc/ssl/certs/ca-certificates.crt"));
    }

    /// The certificates by the name of their file, each with a line end.
    public SortedMap<String, String> certificates() throws IOException {
        SortedMap<String, String> found = new TreeMap<>();
        if (!Files.isDirectory(folder)) {
            return found;
        }
        List<Path> files;
        try (Stream<Path> all = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
            files = all.filter(file -> file.toString().endsWith(".crt") && Files.isRegularFile(file)).toList();
        }
        for (Path file : files) {
            String text = Files.readString(file, StandardCharsets.ISO_8859_1).strip();
            if (text.contains(BEGIN)) {
                found.put(folder.relativize(file).toString().replaceAll("[^A-Za-z0-9._-]", "_"), text + "\n");
            }
        }
        return Collections.unmodifiableSortedMap(found);
    }

    /// All that the host trusts; nothing where it has no such file.
    public String everything() throws IOException {
        return Files.isRegularFile(bundle) ? Files.readString(bundle, StandardCharsets.ISO_8859_1) : "";
    }
}
