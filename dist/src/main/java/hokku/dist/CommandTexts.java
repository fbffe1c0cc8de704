package hokku.dist;

import hokku.core.CommandFiles;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipParameters;

/// The package's folder `share`, laid out like `/usr/share`: completions for shells, and the manual.
record CommandTexts(Path stage, String version) {
    /// Writes them, from the commands of the program that is in the package already.
    void write() throws IOException {
        // The server that is asked for its commands has nothing else to tell.
        System.setProperty("hokku.log", "OFF");
        CommandFiles dokku = CommandFiles.of(stage.resolve("plugins"), version);
        HostCommands hokku = new HostCommands(Files.readString(stage.resolve("bin/hokku")));
        plain("bash-completion/completions/dokku", dokku.bash());
        plain("bash-completion/completions/hokku", hokku.bash());
        plain("zsh/vendor-completions/_dokku", dokku.zsh());
        packed("man/man1/dokku.1.gz", dokku.manual());
        packed("man/man8/hokku.8.gz", hokku.manual(version));
    }

    private void plain(String path, String text) throws IOException {
        Files.writeString(made(path), text);
    }

    /// Without a name and a time, so that the same text gives the same bytes.
    private void packed(String path, String text) throws IOException {
        GzipParameters gzip = new GzipParameters();
        gzip.setCompressionLevel(9);
        try (OutputStream out = new GzipCompressorOutputStream(new BufferedOutputStream(Files.newOutputStream(made(path))), gzip)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
    }

    private Path made(String path) throws IOException {
        Path file = stage.resolve("share").resolve(path);
        Files.createDirectories(file.getParent());
        return file;
    }
}
