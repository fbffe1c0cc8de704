package hokku.buildstep;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.exception.InternalServerErrorException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BaseImageTest {
    @ParameterizedTest
    @CsvSource({"debian:bookworm-slim, bookworm", "debian:trixie, trixie", "debian:sid-slim, sid"})
    void debiansSuitesAreKnownByTheirName(String image, String suite) {
        assertThat(BaseImage.suite(image)).contains(suite);
    }

    @ParameterizedTest
    @ValueSource(strings = {"debian:latest", "debian", "debian:12", "debian:bookworm-20250101", "debian:-slim", "ubuntu:noble", "example.org/debian:bookworm",
            "debian:bookworm-backports", "debian:bookworm;id", "debian:--help", "debian:Bookworm"})
    void nothingElseIsMade(String image) {
        assertThat(BaseImage.suite(image)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"debian, debian:latest", "debian:trixie, debian:trixie", "localhost:5000/base, localhost:5000/base:latest",
            "localhost:5000/base:1, localhost:5000/base:1", "base@sha256:ab, base@sha256:ab"})
    void aNameWithoutATagMeansTheLatest(String name, String complete) {
        assertThat(BaseImage.complete(name)).isEqualTo(complete);
    }

    @Test
    void theReasonIsWhatTheEngineSays() {
        assertThat(BaseImage.reason(new InternalServerErrorException("{\"message\":\"Get \\\"https://x/v2/\\\": no such host\"}\n")))
                .isEqualTo("Get \"https://x/v2/\": no such host");
    }

    @Test
    void theEndOfWhatAProgramSaysIsKept() throws Exception {
        try (LastLines said = new LastLines()) {
            for (int i = 0; i < 20; i++) {
                said.write(("line " + i + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8));
            }
            said.write("and no end".getBytes(java.nio.charset.StandardCharsets.UTF_8));
            assertThat(said.text()).startsWith("line 13\n").endsWith("line 19\nand no end");
        }
    }

    @ParameterizedTest
    @CsvSource({"'I: Unpacking the base system...', Unpacking the base system", "'I: Configuring required packages...', Configuring required packages",
            "'I: Resolving dependencies of required packages...', Resolving dependencies of required packages"})
    void stagesAreTold(String line, String stage) {
        assertThat(LastLines.stage(line)).contains(stage);
    }

    @ParameterizedTest
    @ValueSource(strings = {"I: Retrieving apt 2.6.1", "I: Configuring openssl...", "W: whatever"})
    void singlePackagesAreNot(String line) {
        assertThat(LastLines.stage(line)).isEmpty();
    }
}
