package hokku.dist;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;

/// The Java runtime of the package: what the server needs of the JDK that runs this program, and no more.
///
/// Cutting takes longer than everything else together, so an earlier result from the same JDK and list is kept.
record JavaRuntime(Path folder) {
    private static final List<String> MODULES = List.of(
            "java.base",
            "java.logging",
            "java.management",
            "java.naming",
            "java.net.http",
            "java.security.jgss",
            "java.sql",
            "java.xml",
            "jdk.httpserver",
            "jdk.management",
            "jdk.net",
            "jdk.unsupported",
            "jdk.zipfs");
    private static final List<String> OPTIONS =
            List.of("--strip-java-debug-attributes", "--no-header-files", "--no-man-pages", "--compress", "zip-6");

    Path cut() throws IOException {
        String wanted = Runtime.version() + " " + MODULES + " " + OPTIONS;
        Path made = folder.resolveSibling(folder.getFileName() + ".made");
        if (Files.exists(made) && Files.readString(made).equals(wanted)) {
            return folder;
        }
        Files.deleteIfExists(made);
        Tree.delete(folder);
        jlink();
        Files.writeString(made, wanted);
        return folder;
    }

    private void jlink() {
        ToolProvider jlink = ToolProvider.findFirst("jlink")
                .orElseThrow(() -> new IllegalStateException("This Java has no jlink: build with a JDK, not a JRE."));
        List<String> words = new ArrayList<>(OPTIONS);
        words.addAll(List.of("--add-modules", String.join(",", MODULES), "--output", folder.toString()));
        PrintStream out = new PrintStream(System.err, true, StandardCharsets.UTF_8);
        int code = jlink.run(out, out, words.toArray(String[]::new));
        if (code != 0) {
            throw new IllegalStateException("jlink ended with " + code + ".");
        }
    }
}
