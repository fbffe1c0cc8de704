package hokku.buildstep;

import hokku.api.SourceTree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// A buildpack that comes with the plugin.
///
/// @param wants what makes it take a source, in words
/// @param patterns the paths that make it take a source; a `*` stands for any part of one word
/// @param packages the packages of its toolchain, which the stack gets
record Bundled(String name, String wants, List<Pattern> patterns, List<String> packages) {
    private static final String FOLDER = "build/buildpacks/";
    /// In the order in which they are asked: what several would take is the first one's.
    private static final List<Bundled> ALL = List.of("ruby", "nodejs", "python", "java", "go", "php", "static", "procfile").stream()
            .filter(name -> Scripts.ALL.containsKey(FOLDER + name + "/bin/compile")).map(Bundled::read).toList();

    private static Bundled read(String name) {
        List<String> accepts = lines(name, "accepts");
        return new Bundled(name, accepts.getFirst().replaceFirst("^#\\s*", ""),
                accepts.stream().filter(Bundled::counts).map(Bundled::pattern).toList(), lines(name, "packages").stream().filter(Bundled::counts).toList());
    }

    private static List<String> lines(String name, String file) {
        byte[] content = Optional.ofNullable(Scripts.ALL.get(FOLDER + name + "/" + file)).orElse(new byte[0]);
        return new String(content, StandardCharsets.UTF_8).lines().map(String::strip).toList();
    }

    private static boolean counts(String line) {
        return !line.isEmpty() && !line.startsWith("#");
    }

    private static Pattern pattern(String line) {
        return Pattern.compile(List.of(line.split("\\*", -1)).stream().map(Pattern::quote).collect(Collectors.joining("[^/]*")));
    }

    static List<Bundled> all() {
        return ALL;
    }

    static List<String> names() {
        return ALL.stream().map(Bundled::name).toList();
    }

    static Optional<Bundled> find(String name) {
        return ALL.stream().filter(each -> each.name.equals(name)).findFirst();
    }

    /// Those that take a source, the first one the one to use.
    static List<Bundled> taking(SourceTree tree) throws IOException {
        List<String> paths = paths(tree);
        return ALL.stream().filter(each -> paths.stream().anyMatch(each::wants)).toList();
    }

    /// The path that makes it take a source.
    Optional<String> found(SourceTree tree) throws IOException {
        return paths(tree).stream().filter(this::wants).findFirst();
    }

    private boolean wants(String path) {
        return patterns.stream().anyMatch(pattern -> pattern.matcher(path).matches());
    }

    private static List<String> paths(SourceTree tree) throws IOException {
        return tree.entries().stream().map(SourceTree.Entry::path).toList();
    }

    /// What any of them wants, in words.
    static String allWants() {
        return ALL.stream().map(each -> each.wants + " (" + each.name + ")").collect(Collectors.joining(", "));
    }
}
