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
    private static final Pattern EXIT = Pattern.compile("returned a non-zero code: (\\d+)");

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

    private static String text(String path, Refusal refusal, Optional<String> step) {
        String message = refusal.message().strip();
        String lower = message.toLowerCase(Locale.ROOT);
        Matcher option = OPTION.matcher(message);
        if (option.find()) {
            return ("%s uses %s, which needs BuildKit, and this builder has none.\n"
                    + "Write the instruction without %s, then push again").formatted(path, option.group(1), option.group(1));
        }
        if (lower.contains("requires buildkit")) {
            return "%s needs BuildKit, and this builder has none: %s".formatted(path, message);
        }
        if (lower.contains("parse error") || lower.contains("unknown flag") || lower.contains("syntax error")
                || lower.contains("no build stage in current context") || lower.contains("cannot be empty")) {
            String hint = HEREDOC.matcher(message).find() ? " (a here-document needs BuildKit)" : "";
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
