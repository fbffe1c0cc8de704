package hokku.dist;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.stream.Stream;

/// Packages of versions that there are not yet: this one with another number, and, where a test wants that, a defect.
record Variant(String version, String defect) {
    private static final String START = "run_server() { run_java hokku.core.Main; }\n";
    /// It does what a version with another form of the state does, and then never answers. In any other home it is sound: the trial passes.
    static final String HANGS_AFTER_A_MIGRATION = """
            run_server() {
              if [ "$HOKKU_HOME" = /var/lib/hokku ]; then
                cd "$HOKKU_HOME"
                mkdir -p kept/format-1
                find . -maxdepth 1 -type f ! -name daemon.lock -exec cp -p -t kept/format-1 {} +
                find apps -maxdepth 2 -type f -exec cp -p --parents -t kept/format-1 {} +
                echo 'of another form' >settings.json
                rm -f apps/*/desired.json
                echo 2 >format
                exec -a hokku.core.Hangs sleep 600
              fi
              run_java hokku.core.Main
            }
            """;
    static final String ENDS_AT_ONCE = "run_server() { echo 'It is broken.' >&2; exit 1; }\n";

    /// The folder of the program that the build packed.
    static Path program() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("target"))) {
            return files.filter(file -> Files.exists(file.resolve("BUILD"))).findFirst().orElseThrow().toAbsolutePath();
        }
    }

    /// Writes `hokku_<version>_<architecture>.deb` into a folder.
    void write(Path folder, Path work) throws IOException {
        Path changed = work.resolve("hokku-" + version);
        Tree.copy(program(), changed);
        if (!defect.isEmpty()) {
            Path script = changed.resolve("bin/hokku");
            String text = Files.readString(script);
            if (!text.contains(START)) {
                throw new AssertionError(script + " does not have the line that is to be broken");
            }
            Files.writeString(script, text.replace(START, defect));
        }
        Files.writeString(changed.resolve("BUILD"), version + "-test\n");
        new DebianPackage(Path.of("").toAbsolutePath(), changed, version).write(folder);
        Tree.delete(changed);
    }

    /// The package that the build made, in a folder.
    static void real(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(Path.of("target"))) {
            for (Path deb : files.filter(file -> file.toString().endsWith(".deb")).toList()) {
                Files.copy(deb, folder.resolve("hokku.deb"), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }
}
