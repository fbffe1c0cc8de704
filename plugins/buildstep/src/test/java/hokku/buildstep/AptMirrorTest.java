package hokku.buildstep;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AptMirrorTest {
    private static final String EVERYBODYS = "http://deb.debian.org/debian";

    @TempDir
    private Path apt;

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"sources.list | deb [signed-by=/x.gpg] https://mirror.example/debian bookworm main | https://mirror.example/debian",
            "sources.list.d/debian.sources | URIs: http://mirror.example:3142/debian/ | http://mirror.example:3142/debian",
            "mirrors/debian.list | https://mirror.example/pub/debian | https://mirror.example/pub/debian"})
    void theMirrorOfTheMachinesOwnSourcesIsTaken(String file, String line, String mirror) throws IOException {
        write(file, "Types: deb\n" + line + "\n");
        assertThat(new AptMirror(apt).address()).isEqualTo(mirror);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"# deb http://old.example/debian bookworm main", "deb http://security.example/debian-security bookworm main",
            "deb http://archive.example/ubuntu noble main", "deb http://me:secret@mirror.example/debian bookworm main", "deb cdrom:[x]/ bookworm main"})
    void elseTheOneForEverybody(String line) throws IOException {
        write("sources.list", line + "\n");
        assertThat(new AptMirror(apt).address()).isEqualTo(EVERYBODYS);
    }

    @Test
    void aMachineWithoutAptHasNone() {
        assertThat(new AptMirror(apt.resolve("none")).address()).isEqualTo(EVERYBODYS);
    }

    private void write(String file, String text) throws IOException {
        Path path = apt.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }
}
