package hokku.core.doctor;

import hokku.api.Finding;
import hokku.api.spi.Examination;
import hokku.core.state.Home;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// Whether what only the server may read is its own, and readable by nobody else.
final class SecretFiles implements Examination {
    private static final Set<PosixFilePermission> FOR_OTHERS = EnumSet.complementOf(EnumSet.of(PosixFilePermission.OWNER_READ,
            PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE));
    private static final int SHOWN = 3;

    private final Home home;

    SecretFiles(Home home) {
        this.home = home;
    }

    @Override
    public String name() {
        return "permissions";
    }

    @Override
    public List<Finding> examine() throws IOException {
        String owner = Files.getOwner(home.root()).getName();
        List<Path> open = new ArrayList<>();
        List<Path> foreign = new ArrayList<>();
        List<Path> all = files();
        for (Path file : all) {
            try {
                PosixFileAttributes attributes = Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
                if (attributes.permissions().stream().anyMatch(FOR_OTHERS::contains)) {
                    open.add(file);
                }
                if (!attributes.owner().getName().equals(owner)) {
                    foreign.add(file);
                }
            } catch (NoSuchFileException goneMeanwhile) {
                continue;
            }
        }
        List<Finding> findings = new ArrayList<>();
        if (!open.isEmpty()) {
            findings.add(Finding.wrong("others may read or change " + some(open), "chmod go-rwx " + words(open)));
        }
        if (!foreign.isEmpty()) {
            findings.add(Finding.wrong("the server's user " + owner + " does not own " + some(foreign), "chown " + owner + " " + words(foreign)));
        }
        return findings.isEmpty() ? List.of(Finding.well(all.size() + " files are readable by " + owner + " alone")) : findings;
    }

    private List<Path> files() throws IOException {
        List<Path> files = new ArrayList<>(List.of(home.settings(), home.authorizedKeys(), home.audit()));
        try (DirectoryStream<Path> keys = Files.newDirectoryStream(home.hostKeys(), file -> !file.toString().endsWith(".pub"))) {
            keys.forEach(files::add);
        }
        try (DirectoryStream<Path> apps = Files.newDirectoryStream(home.apps(), Files::isDirectory)) {
            for (Path app : apps) {
                files.add(app.resolve("desired.json"));
                files.add(app.resolve("releases.jsonl"));
                files.addAll(Certificates.files(app));
            }
        }
        files.removeIf(file -> !Files.exists(file, LinkOption.NOFOLLOW_LINKS));
        return files;
    }

    private static String some(List<Path> files) {
        return files.stream().limit(SHOWN).map(Path::toString).collect(Collectors.joining(", "))
                + (files.size() > SHOWN ? " and " + (files.size() - SHOWN) + " more" : "");
    }

    private static String words(List<Path> files) {
        return files.stream().limit(SHOWN).map(Path::toString).collect(Collectors.joining(" ")) + (files.size() > SHOWN ? " …" : "");
    }
}
