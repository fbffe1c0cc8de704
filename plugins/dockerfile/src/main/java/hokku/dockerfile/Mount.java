package hokku.dockerfile;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// What a `RUN --mount=…` asks for.
///
/// @param type `bind`, `cache`, `secret`, `ssh` or `tmpfs`
/// @param id what it is called, empty where it has no name
record Mount(String type, String id) {
    private static final String OPTION = "--mount=";

    /// @param option of a RUN instruction, of any kind
    static Stream<Mount> of(String option) {
        if (!option.startsWith(OPTION)) {
            return Stream.empty();
        }
        String fields = option.substring(OPTION.length()).replace("\"", "");
        String type = field(fields, "type").orElse("bind").toLowerCase(Locale.ROOT);
        // without an id, a secret is called as the file that it becomes
        String id = field(fields, "id").orElseGet(() -> Stream.of("target", "dst", "destination")
                .flatMap(name -> field(fields, name).stream()).findFirst().map(path -> path.substring(path.lastIndexOf('/') + 1)).orElse(""));
        return Stream.of(new Mount(type, id));
    }

    private static Optional<String> field(String fields, String name) {
        return Arrays.stream(fields.split(",")).map(field -> field.split("=", 2))
                .filter(field -> field.length == 2 && field[0].equalsIgnoreCase(name))
                .map(field -> field[1]).filter(Predicate.not(String::isEmpty)).findFirst();
    }

    boolean isSecret() {
        return type.equals("secret");
    }

    boolean isSsh() {
        return type.equals("ssh");
    }
}
