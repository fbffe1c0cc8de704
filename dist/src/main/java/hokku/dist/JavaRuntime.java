package hokku.dist;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

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

    /// As a process of its own: the classes that jlink generates for method handles depend on what its process has used of them before.
    private void jlink() throws IOException {
        Path jlink = Path.of(System.getProperty("java.home"), "bin", "jlink");
        if (!Files.isExecutable(jlink)) {
            throw new IllegalStateException("This Java has no jlink: build with a JDK, not a JRE.");
        }
        List<String> words = new ArrayList<>(List.of(jlink.toString()));
        words.addAll(OPTIONS);
        words.addAll(List.of("--add-modules", String.join(",", MODULES), "--output", folder.toString()));
        Process process = new ProcessBuilder(words).inheritIO().start();
        try {
            int code = process.waitFor();
            if (code != 0) {
                throw new IllegalStateException("jlink ended with " + code + ".");
            }
        } catch (InterruptedException ended) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the runtime was cut", ended);
        }
    }
}
