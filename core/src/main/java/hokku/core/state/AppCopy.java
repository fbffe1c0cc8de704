package hokku.core.state;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import hokku.api.App;
import hokku.api.AppName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;

/// Writes the state of an app's copy into a folder that becomes the copy's once it is whole.
public final class AppCopy {
    private AppCopy() {}

    /// @param copy what the copy should be
    /// @param folder where no app is looked for
    public static void write(Home home, AppName original, App copy, Path folder) throws IOException {
        AtomicFile.write(folder.resolve(home.desired(original).getFileName()), StateJson.indented(StateJson.fromApp(copy)));
        Path journal = home.journal(original);
        if (Files.exists(journal)) {
            StringBuilder lines = new StringBuilder();
            for (String line : Files.readAllLines(journal, StandardCharsets.UTF_8)) {
                lines.append(copied(line)).append('\n');
            }
            AtomicFile.write(folder.resolve(journal.getFileName()), lines.toString());
        }
        for (Path held : List.of(home.builds(original), home.pluginFolders(original))) {
            if (Files.isDirectory(held)) {
                copyTree(held, folder.resolve(held.getFileName()));
            }
        }
    }

    private static void copyTree(Path from, Path to) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) throws IOException {
                Home.createPrivate(to.resolve(from.relativize(path)));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) throws IOException {
                try {
                    Files.copy(path, to.resolve(from.relativize(path)), StandardCopyOption.COPY_ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
                } catch (NoSuchFileException gone) {
                    // Its plugin removed or replaced it in this moment: what is gone is no part of the app.
                    return FileVisitResult.CONTINUE;
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path path, IOException failed) throws IOException {
                if (failed instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw failed;
            }
        });
    }

    /// A domain belongs to one app: those in the `CNAME` file of a release stay the original's, until they are pushed to the copy.
    private static JsonNode copied(String line) throws IOException {
        JsonNode json = StateJson.MAPPER.readTree(line);
        if (json.get("files") instanceof ObjectNode files) {
            files.remove("CNAME");
        }
        return json;
    }
}
