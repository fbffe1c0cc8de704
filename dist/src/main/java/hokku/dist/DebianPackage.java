package hokku.dist;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.apache.commons.compress.archivers.ar.ArArchiveEntry;
import org.apache.commons.compress.archivers.ar.ArArchiveOutputStream;

/// The package for dpkg: an `ar` of two archives, one of what dpkg must know and run, one of the files.
///
/// @param module the folder of this module; its `deb` holds what dpkg must know and run
/// @param program the program as it is packed in the tar.gz
record DebianPackage(Path module, Path program, String version) {
    /// What dpkg owns. It is never what runs: `setup` says why.
    private static final String PLACE = "opt/hokku/package";
    private static final String LOGROTATE = "etc/logrotate.d/hokku";
    private static final int PLAIN_FILE = 0100644;

    /// Writes `hokku_<version>_<architecture>.deb` into a folder.
    void write(Path target) throws IOException {
        Path work = target.resolve("deb");
        Tree.delete(work);
        Path data = data(work.resolve("data"));
        Path control = control(work.resolve("control"), data);
        Path part = target.resolve("hokku.deb.part");
        try (OutputStream file = new BufferedOutputStream(Files.newOutputStream(part)); ArArchiveOutputStream ar = new ArArchiveOutputStream(file)) {
            add(ar, "debian-binary", "2.0\n".getBytes(StandardCharsets.US_ASCII));
            add(ar, "control.tar.gz", packed(control));
            add(ar, "data.tar.gz", packed(data));
        }
        Files.move(part, target.resolve("hokku_" + version + "_" + architecture() + ".deb"), StandardCopyOption.ATOMIC_MOVE);
        Tree.delete(work);
    }

    private Path data(Path data) throws IOException {
        Tree.copy(program, data.resolve(PLACE));
        for (String name : List.of("bin/dokku", "bin/hokku")) {
            link(data.resolve("usr").resolve(name), name);
        }
        Path shared = program.resolve("share");
        for (Path path : Files.exists(shared) ? Tree.below(shared) : List.<Path>of()) {
            if (Files.isRegularFile(path)) {
                link(data.resolve("usr").resolve(program.relativize(path)), program.relativize(path).toString());
            }
        }
        copy(program.resolve("etc/logrotate"), data.resolve(LOGROTATE));
        copy(program.resolve("LICENSE"), data.resolve("usr/share/doc/hokku/copyright"));
        return data;
    }

    private Path control(Path control, Path data) throws IOException {
        Path given = module.resolve("deb");
        Files.createDirectories(control);
        long size = 0;
        StringBuilder sums = new StringBuilder();
        for (Path path : Tree.below(data)) {
            if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
                size += Files.size(path);
                sums.append(Tree.digest("MD5", Files.readAllBytes(path))).append("  ").append(data.relativize(path)).append('\n');
            }
        }
        Files.writeString(control.resolve("control"), Files.readString(given.resolve("control")).replace("@VERSION@", version)
                .replace("@ARCHITECTURE@", architecture()).replace("@SIZE@", String.valueOf(size / 1024)));
        Files.writeString(control.resolve("md5sums"), sums);
        Files.writeString(control.resolve("conffiles"), "/" + LOGROTATE + "\n");
        Files.copy(given.resolve("preinst"), control.resolve("preinst"));
        Files.copy(given.resolve("postinst"), control.resolve("postinst"));
        // What removes is one script, which is there by itself: when dpkg purges, the program is gone.
        String remove = Files.readString(module.resolve("uninstall.sh"));
        for (String script : List.of("prerm", "postrm")) {
            Path file = Files.writeString(control.resolve(script), Files.readString(given.resolve(script)) + remove);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        return control;
    }

    /// Leads to what is in force.
    private static void link(Path link, String to) throws IOException {
        Files.createDirectories(link.getParent());
        Files.createSymbolicLink(link, Path.of("/opt/hokku", to));
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to.getParent());
        Files.copy(from, to);
    }

    private static byte[] packed(Path folder) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Archive.write(folder, ".", bytes);
        return bytes.toByteArray();
    }

    private static void add(ArArchiveOutputStream ar, String name, byte[] content) throws IOException {
        ar.putArchiveEntry(new ArArchiveEntry(name, content.length, 0, 0, PLAIN_FILE, Archive.TIME.toInstant().getEpochSecond()));
        ar.write(content);
        ar.closeArchiveEntry();
    }

    /// The name that Debian has for the kind of machine that the runtime is for: the one that this runs on.
    private static String architecture() {
        String java = System.getProperty("os.arch");
        return java.equals("aarch64") ? "arm64" : java;
    }
}
