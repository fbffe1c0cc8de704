package hokku.dockerfile;

import hokku.api.UserError;
import hokku.dockerfile.BuildProgress.Refusal;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Says what went wrong with a build, in words that tell what to mend.
final class BuildFailure {
    private static final Pattern OPTION = Pattern.compile("the (--[a-z]+) option requires BuildKit");
    private static final Pattern HEREDOC = Pattern.compile("unknown instruction|here-?document", Pattern.CASE_INSENSITIVE);
    private static final Pattern STEP = Pattern.compile("Step (\\d+/\\d+) : (.*)");
    private static final Pattern ANSWER = Pattern.compile("^Status \\d+: (?:\\{\"message\":\"(.*)\"}|(.*))\\s*$", Pattern.DOTALL);
    private static final Pattern PREFIX = Pattern.compile(
            "^(failed to parse Dockerfile: |Error response from daemon: |dockerfile parse error:? )+", Pattern.CASE_INSENSITIVE);
    private static final Pattern EXIT = Pattern.compile("(?:returned a non-zero code|exit code): (\\d+)");
    private static final Pattern SOLVING = Pattern.compile("^(ERROR: |failed to solve( with frontend [^:]*)?: |rpc error: code = \\w+ desc = "
            + "|failed to create LLB definition: )+");
    private static final Pattern FRONTEND = Pattern.compile("(?:resolve image config for |docker-image://)+(\\S+).*");
    private static final Pattern METADATA = Pattern.compile("\\[internal] load metadata for (\\S+).*");
    private static final Pattern BUILDKIT_STEP = Pattern.compile("\\[(?:\\S+ )*(\\d+/\\d+)] (.*)");
    private static final String NEEDED = Buildx.ADVICE + ", and see that builder-dockerfile buildkit is not off; or %s. Then push again";
    private static final String HEREDOC_HINT = " (a here-document needs BuildKit, and where the engine is old, # syntax=docker/dockerfile:1 as first line)";

    private BuildFailure() {}

    static UserError of(String path, Refusal refusal, Optional<String> step, Throwable cause) {
        return new UserError(UserError.FAILED, text(path, refusal, step), cause);
    }

    /// What the engine answered, out of the client's exception.
    static Refusal refusal(RuntimeException answer) {
        String message = String.valueOf(answer.getMessage());
        Matcher matcher = ANSWER.matcher(message);
        if (matcher.matches()) {
            message = Optional.ofNullable(matcher.group(1)).orElseGet(() -> matcher.group(2))
                    .replace("\\\"", "\"").replace("\\n", "\n");
        }
        return new Refusal(message.strip(), Optional.empty());
    }

    /// @param others what was said beside the progress, where nothing is known of a step
    static UserError ofBuildKit(String path, Optional<BuildKitProgress.Failure> failure, String others) {
        return new UserError(failure.flatMap(failed -> buildKitStep(path, failed))
                .orElseGet(() -> text(path, new Refusal(reason(others), Optional.empty()), Optional.empty())));
    }

    private static Optional<String> buildKitStep(String path, BuildKitProgress.Failure failed) {
        String reason = reason(failed.reason());
        Matcher frontend = FRONTEND.matcher(failed.step());
        if (frontend.matches()) {
            return Optional.of(("%s begins with the line # syntax=…, which asks for the image %s; it is not on the server and could not be"
                    + " pulled: %s\nRemove the line, or let the server reach that registry, then push again")
                            .formatted(path, familiar(frontend.group(1)), reason));
        }
        Matcher metadata = METADATA.matcher(failed.step());
        if (metadata.matches()) {
            return Optional.of(base(new String[]{familiar(metadata.group(1))}, reason));
        }
        Matcher step = BUILDKIT_STEP.matcher(failed.step());
        return step.matches() ? Optional.of(failedStep(step.group(1), step.group(2), new Refusal(reason, Optional.empty()), reason)) : Optional.empty();
    }

    /// As people write it.
    private static String familiar(String image) {
        return image.replaceFirst("^docker\\.io/(library/)?", "");
    }

    /// The last line that names an error, without what only says that there is one.
    private static String reason(String said) {
        String last = said.lines().filter(line -> line.startsWith("ERROR: ")).reduce((first, second) -> second).orElse(said);
        return SOLVING.matcher(last).replaceFirst("").strip();
    }

    private static String text(String path, Refusal refusal, Optional<String> step) {
        String message = refusal.message().strip();
        String lower = message.toLowerCase(Locale.ROOT);
        if (lower.contains("no space left on device")) {
            return "The disk of the engine is full: %s\nFree some space, for instance with cleanup, then push again".formatted(message);
        }
        Matcher option = OPTION.matcher(message);
        if (option.find()) {
            return "%s uses %s, which needs BuildKit, and this build was made without.\n%s"
                    .formatted(path, option.group(1), NEEDED.formatted("write the instruction without " + option.group(1)));
        }
        if (lower.contains("requires buildkit")) {
            return "%s needs BuildKit, and this build was made without: %s.\n%s".formatted(path, message, NEEDED.formatted("do without"));
        }
        if (lower.contains("parse error") || lower.contains("unknown flag") || lower.contains("syntax error")
                || lower.contains("no build stage in current context") || lower.contains("file with no instructions") || lower.contains("cannot be empty")) {
            String hint = HEREDOC.matcher(message).find() ? HEREDOC_HINT : "";
            return "%s has a mistake: %s%s.\nMend it, then push again".formatted(path, withoutPrefix(message), hint);
        }
        return step.map(STEP::matcher).filter(Matcher::matches)
                .map(at -> failedStep(at.group(1), at.group(2), refusal, message))
                .orElseGet(() -> path + " cannot be built: " + message);
    }

    private static String failedStep(String number, String instruction, Refusal refusal, String message) {
        if (instruction.regionMatches(true, 0, "FROM ", 0, 5)) {
            return base(instruction.substring(5).strip().split("\\s+"), message);
        }
        Matcher exit = EXIT.matcher(message);
        Optional<String> code = exit.find() ? Optional.of(exit.group(1)) : refusal.exitCode().map(String::valueOf);
        return code.map(value -> "Step %s failed with exit code %s: %s\nWhat it printed is above. Mend it, then push again"
                .formatted(number, value, instruction))
                .orElseGet(() -> "Step %s failed: %s\n%s".formatted(number, instruction, message));
    }

    private static String base(String[] words, String message) {
        String image = Arrays.stream(words).filter(word -> !word.startsWith("--")).findFirst().orElse("");
        String lower = message.toLowerCase(Locale.ROOT);
        if (lower.contains("pull access denied") || lower.contains("not found") || lower.contains("manifest unknown")
                || lower.contains("does not exist") || lower.contains("unauthorized")) {
            return ("The base image %s was not found: %s\n"
                    + "Look at the name behind FROM; a private image needs a docker login on the server")
                            .formatted(image, message);
        }
        return "The base image %s is not on the server and could not be pulled: %s".formatted(image, message);
    }

    private static String withoutPrefix(String message) {
        return PREFIX.matcher(message).replaceFirst("");
    }
}
