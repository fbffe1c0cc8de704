package hokku.dist;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/// Packs what people install: `<target>/hokku-<version>.tar.gz` and the same as a package of Debian's. The same sources and the same
/// JDK give the same bytes.
///
/// Arguments: the folder of this module, its target folder (with the jars in `jars/`), the version.
final class Pack {
    /// Scripts, units and texts that go in as they are, from the module's folder.
    private static final List<String> AS_THEY_ARE = List.of("bin", "etc", "systemd", "samples");

    private final Path module;
    private final Path target;
    private final String version;

    Pack(Path module, Path target, String version) {
        this.module = module;
        this.target = target;
        this.version = version;
    }

    public static void main(String[] arguments) throws IOException {
        new Pack(Path.of(arguments[0]), Path.of(arguments[1]), arguments[2]).run();
    }

    void run() throws IOException {
        Path stage = target.resolve("hokku-" + version);
        Tree.delete(stage);
        Files.createDirectories(stage);
        for (String folder : AS_THEY_ARE) {
            Tree.copy(module.resolve(folder), stage.resolve(folder));
        }
        Files.copy(module.resolveSibling("LICENSE"), stage.resolve("LICENSE"));
        copyJars("lib", stage);
        copyJars("plugins", stage);
        new CommandTexts(stage, version).write();
        // Maven adds to this folder, and would keep the jars of a version that is not used any more.
        Tree.delete(target.resolve("jars"));
        Tree.copy(new JavaRuntime(target.resolve("runtime")).cut(), stage.resolve("runtime"));
        // What tells two builds of one version apart, and one build from itself packed again.
        Files.writeString(stage.resolve("BUILD"), version + "-" + Tree.digest(stage).substring(0, 12) + "\n");
        Archive.of(stage, target.resolve("hokku-" + version + ".tar.gz"));
        new DebianPackage(module, stage, version).write(target);
    }

    private void copyJars(String folder, Path stage) throws IOException {
        Path into = Files.createDirectories(stage.resolve(folder));
        try (Stream<Path> jars = Files.list(target.resolve("jars").resolve(folder))) {
            for (Path jar : jars.sorted().toList()) {
                Path copy = into.resolve(jar.getFileName());
                if (SignedJar.isSigned(jar)) {
                    new SignedJar(jar).writeUnsigned(copy);
                } else {
                    Files.copy(jar, copy, StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
    }
}
