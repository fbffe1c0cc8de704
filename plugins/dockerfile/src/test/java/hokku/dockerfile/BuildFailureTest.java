package hokku.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;

import hokku.dockerfile.BuildProgress.Refusal;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BuildFailureTest {
    @Test
    void aStepThatFailsIsNamedWithItsExitCode() {
        assertThat(text("The command '/bin/sh -c exit 7' returned a non-zero code: 7", "Step 2/3 : RUN exit 7"))
                .startsWith("Step 2/3 failed with exit code 7: RUN exit 7");
        assertThat(text("COPY failed: stat x: file does not exist", "Step 2/3 : COPY x /"))
                .startsWith("Step 2/3 failed: COPY x /").contains("stat x: file does not exist");
    }

    @Test
    void aBaseImageThatIsMissingIsNamed() {
        assertThat(text("pull access denied for nosuch, repository does not exist or may require 'docker login'",
                "Step 1/1 : FROM nosuch:1 AS x"))
                .startsWith("The base image nosuch:1 was not found");
        assertThat(text("Get \"https://registry.example.com/v2/\": dial tcp: i/o timeout",
                "Step 1/1 : FROM --platform=linux/amd64 busybox:9"))
                .startsWith("The base image busybox:9 is not on the server and could not be pulled");
    }

    @Test
    void mistakesAndWhatNeedsBuildKitAreToldApart() {
        assertThat(BuildFailure.of("Dockerfile", BuildFailure.refusal(new IllegalStateException(
                "Status 400: {\"message\":\"dockerfile parse error line 2: unknown instruction: FOO\"}\n")), Optional.empty(),
                new IllegalStateException()).getMessage())
                .startsWith("Dockerfile has a mistake: line 2: unknown instruction: FOO");
        assertThat(text("the --mount option requires BuildKit. Refer to …", "Step 2/2 : RUN --mount=type=cache x"))
                .startsWith("Dockerfile uses --mount, which needs BuildKit").contains("docker-buildx", "buildkit is not off");
    }

    @Test
    void aStepThatFailsInBuildKitIsNamedWithItsExitCode() {
        assertThat(buildKit("[build 2/4] RUN exit 7", "executor failed running [/bin/sh -c exit 7]: exit code: 7"))
                .startsWith("Step 2/4 failed with exit code 7: RUN exit 7");
        assertThat(buildKit("[2/2] RUN exit 7", "process \"/bin/sh -c exit 7\" did not complete successfully: exit code: 7"))
                .startsWith("Step 2/2 failed with exit code 7: RUN exit 7");
        assertThat(buildKit("[2/2] COPY nothing /", "failed to compute cache key: \"/nothing\" not found: not found"))
                .startsWith("Step 2/2 failed: COPY nothing /").contains("\"/nothing\" not found");
    }

    @Test
    void imagesThatBuildKitMissesAreToldApart() {
        assertThat(buildKit("[internal] load metadata for docker.io/library/nosuch:1", "pull access denied, repository does not exist"))
                .startsWith("The base image nosuch:1 was not found");
        assertThat(buildKit("resolve image config for docker.io/docker/dockerfile:1", "dial tcp: i/o timeout"))
                .startsWith("Dockerfile begins with the line # syntax=").contains("docker/dockerfile:1", "dial tcp: i/o timeout");
        assertThat(buildKit("resolve image config for docker-image://docker.io/docker/dockerfile:1", "dial tcp: i/o timeout"))
                .contains("the image docker/dockerfile:1;");
    }

    @Test
    void whatBuildKitSaysOfAMistakeIsTold() {
        assertThat(BuildFailure.ofBuildKit("Dockerfile", Optional.empty(), "Dockerfile:2\nERROR: failed to solve: dockerfile parse error line 2:"
                + " unknown instruction: FOO").getMessage()).startsWith("Dockerfile has a mistake: line 2: unknown instruction: FOO");
        assertThat(BuildFailure.ofBuildKit("Dockerfile", Optional.empty(), "ERROR: failed to solve with frontend dockerfile.v0: failed to create LLB"
                + " definition: dockerfile parse error line 2: unknown instruction: FOO").getMessage())
                .startsWith("Dockerfile has a mistake: line 2: unknown instruction: FOO");
        assertThat(BuildFailure.ofBuildKit("Dockerfile", Optional.empty(), "ERROR: Cannot connect to the Docker daemon").getMessage())
                .isEqualTo("Dockerfile cannot be built: Cannot connect to the Docker daemon");
    }

    private static String buildKit(String step, String reason) {
        return BuildFailure.ofBuildKit("Dockerfile", Optional.of(new BuildKitProgress.Failure(step, reason)), "").getMessage();
    }

    @Test
    void aFullDiskOfTheEngineIsSaidToBeThat() {
        assertThat(text("write /var/lib/docker/tmp/x: no space left on device", "Step 2/3 : COPY x /"))
                .startsWith("The disk of the engine is full: ").contains("cleanup");
    }

    private static String text(String message, String step) {
        return BuildFailure.of("Dockerfile", new Refusal(message, Optional.empty()), Optional.of(step),
                new IllegalStateException())
                .getMessage();
    }
}
