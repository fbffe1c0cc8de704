package hokku.buildstep;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where Debian's packages come from: the mirror of a machine's own sources, which it is known to reach. Looked up anew at each call.
///
/// @param apt the folder of apt's settings
record AptMirror(Path apt) {
    private static final Logger LOG = LoggerFactory.getLogger(AptMirror.class);
    private static final String EVERYBODYS = "http://deb.debian.org/debian";
    /// None with a password in it, which would be among a process' words and in the image.
    private static final Pattern ADDRESS = Pattern.compile("(https?://[A-Za-z0-9.:_~%/\\[\\]-]+/debian)/?(?:\\s|$)");

    static AptMirror ofThisHost() {
        return new AptMirror(Path.of("/etc/apt"));
    }

    String address() {
        return files().stream().flatMap(AptMirror::lines).filter(line -> !line.stripLeading().startsWith("#")).map(ADDRESS::matcher)
                .filter(Matcher::find).map(found -> found.group(1)).findFirst().orElse(EVERYBODYS);
    }

    private List<Path> files() {
        List<Path> files = new ArrayList<>(List.of(apt.resolve("sources.list")));
        for (String folder : List.of("sources.list.d", "mirrors")) {
            try (Stream<Path> all = Files.list(apt.resolve(folder))) {
                all.sorted().forEach(files::add);
            } catch (IOException unread) {
                LOG.debug("No sources of apt in {}", folder, unread);
            }
        }
        return files.stream().filter(Files::isRegularFile).toList();
    }

    private static Stream<String> lines(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1).lines();
        } catch (IOException unread) {
            LOG.debug("{} cannot be read", file, unread);
            return Stream.empty();
        }
    }
}
