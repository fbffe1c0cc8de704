package hokku.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import hokku.api.ProcessType;
import hokku.api.UserError;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DockerfileTest {
    @Test
    void declaredArgumentsAreFoundAcrossStagesLinesAndComments() {
        Dockerfile file = Dockerfile.parse("""
                ARG VERSION=1
                FROM busybox:$VERSION AS build
                arg A B=2 \\
                    # a comment between
                    C
                # ARG NOT_THIS
                RUN echo ARG NOR_THIS
                """);
        assertThat(file.arguments()).containsOnly(entry("VERSION", "1"), entry("A", ""), entry("B", "2"), entry("C", ""));
    }

    @Test
    void basesAreNamedByTheArgumentsThatTheBuildIsGiven() {
        Dockerfile file = Dockerfile.parse("""
                ARG VERSION="1.2"
                ARG VARIANT
                FROM --platform=linux/amd64 node:${VERSION}-$VARIANT AS build
                ARG VERSION
                FROM ${BASE:-busybox}
                FROM scratch
                """);
        assertThat(file.bases(Map.of("VARIANT", "slim"))).containsExactlyInAnyOrder("node:1.2-slim", "busybox", "scratch");
        assertThat(file.bases(Map.of("VERSION", "$2", "VARIANT", "x"))).contains("node:$2-x");
    }

    @Test
    void portsComeInTheOrderOfTheLastStagesLines() {
        Dockerfile file = Dockerfile.parse("""
                FROM a
                EXPOSE 1
                FROM b
                EXPOSE 9000 80/tcp
                expose 53/udp 443
                EXPOSE $PORT
                """);
        assertThat(file.ordered(Set.of(1, 80, 443, 9000, 7))).containsExactly(9000, 80, 443, 1, 7);
        assertThat(file.ordered(Set.of(443))).containsExactly(443);
    }

    @Test
    void theCommentThatKeepsAnAppFromTheProxyStandsAtTheBeginningOfALine() {
        assertThat(Dockerfile.parse("FROM a\n# NO_HTTP_PROXY\n").keptFromProxy()).isTrue();
        assertThat(Dockerfile.parse("#no_http_proxy\nFROM a").keptFromProxy()).isTrue();
        assertThat(Dockerfile.parse("FROM a\nENV X=1 # NO_HTTP_PROXY\n").keptFromProxy()).isFalse();
        assertThat(Dockerfile.parse("FROM a\n").keptFromProxy()).isFalse();
    }

    @Test
    void whatHereDocumentsHoldIsNoInstruction() {
        Dockerfile file = Dockerfile.parse("""
                FROM busybox
                EXPOSE 80
                RUN <<'END' && cat <<-MORE
                from flask import Flask
                ARG NOT_THIS
                END
                EXPOSE 1
                MORE
                ARG THIS
                RUN cat <<< "here"
                RUN cat <<NEVER_ENDED
                ARG AND_THIS
                """);
        assertThat(file.bases()).containsExactly("busybox");
        assertThat(file.exposed()).containsExactly(80);
        assertThat(file.arguments()).containsOnlyKeys("THIS", "AND_THIS");
    }

    @Test
    void mountsAreFoundWithTheNamesOfTheirSecrets() {
        Dockerfile file = Dockerfile.parse("""
                FROM busybox
                RUN --network=none --mount=type=secret,id=TOKEN,required=true \\
                    --mount=type=cache,target=/root/.npm npm ci --mount=type=ssh
                RUN --mount=type=secret,target=/run/x/NETRC "--mount=type=ssh"
                RUN --mount=target=/src ls
                """);
        assertThat(file.mounts()).containsExactlyInAnyOrder(new Mount("secret", "TOKEN"), new Mount("cache", ".npm"), new Mount("secret", "NETRC"),
                new Mount("bind", "src"));
    }

    @Test
    void itCanBeBuiltOnOtherImagesAndKeepsItsLines() throws Exception {
        Dockerfile file = Dockerfile.parse("""
                # syntax=docker/dockerfile:1
                ARG TAG=1
                FROM --platform=$BUILDPLATFORM \\
                     node:${TAG} AS build
                FROM build AS test
                FROM --platform=linux/arm64 node:1
                FROM scratch
                FROM other
                FROM other
                """);
        Dockerfile changed = file.on(Map.of("TAG", "2"), image -> image.equals("other") ? image : "trusting-" + image);
        assertThat(changed.text()).isEqualTo("""
                # syntax=docker/dockerfile:1
                ARG TAG=1
                FROM --platform=$BUILDPLATFORM trusting-node:2 AS build

                FROM build AS test
                FROM --platform=linux/arm64 node:1
                FROM scratch
                FROM other
                FROM other
                """);
        assertThat(changed.bases()).contains("trusting-node:2");
    }

    @Test
    void aCommandLineGetsAShellOnlyWhereItNeedsOne() {
        assertThat(words("./start --name 'a b' \"c\\\"d\" e\\ f")).containsExactly("./start", "--name", "a b", "c\"d", "e f");
        assertThat(words("./start --port $PORT")).containsExactly("/bin/sh", "-c", "exec ./start --port $PORT");
        assertThat(words("./start --port ${PORT:-5000}")).containsExactly("/bin/sh", "-c", "exec ./start --port ${PORT:-5000}");
        assertThat(words("./migrate && ./start")).containsExactly("/bin/sh", "-c", "./migrate && ./start");
        assertThat(words("A=1 ./start")).containsExactly("/bin/sh", "-c", "A=1 ./start");
        assertThat(words("./start > /dev/null")).containsExactly("/bin/sh", "-c", "exec ./start > /dev/null");
        assertThat(words("exec ./start $X")).containsExactly("/bin/sh", "-c", "exec ./start $X");
        assertThat(words("./start ''")).containsExactly("./start", "");
        assertThatThrownBy(() -> words("./start 'x")).isInstanceOf(UserError.class).hasMessageContaining("web has a quote");
    }

    private static List<String> words(String line) {
        return ProcessWords.of(ProcessType.WEB, line);
    }
}
