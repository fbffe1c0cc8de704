package hokku.dist;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/// Folders with all that is in them.
final class Tree {
    private Tree() {}

    /// Everything below a folder, parents before children, in an order that depends on the names alone.
    static List<Path> below(Path folder) throws IOException {
        try (Stream<Path> paths = Files.walk(folder)) {
            return paths.filter(path -> !path.equals(folder))
                    .sorted(Comparator.comparing(Path::toString))
                    .toList();
        }
    }

    static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        for (Path path : below(from)) {
            Path copy = to.resolve(from.relativize(path));
            if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                Files.createDirectories(copy);
            } else {
                Files.copy(path, copy, StandardCopyOption.COPY_ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
            }
        }
    }

    static void delete(Path folder) throws IOException {
        if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            for (Path path : below(folder).reversed()) {
                Files.delete(path);
            }
            Files.delete(folder);
        }
    }

    /// A number for names, rights and content of everything below a folder.
    static String digest(Path folder) throws IOException {
        StringBuilder all = new StringBuilder();
        for (Path path : below(folder)) {
            all.append(folder.relativize(path)).append(' ').append(Files.isExecutable(path)).append(' ');
            if (Files.isSymbolicLink(path)) {
                all.append("-> ").append(Files.readSymbolicLink(path));
            } else if (Files.isRegularFile(path)) {
                all.append(digest("SHA-256", Files.readAllBytes(path)));
            }
            all.append('\n');
        }
        return digest("SHA-256", all.toString().getBytes(StandardCharsets.UTF_8));
    }

    static String digest(String algorithm, byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(bytes));
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException(missing);
        }
    }
}
