package hokku.swarm;

import hokku.testkit.SwarmLab;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// What this machine holds of a lab: looked for without the lab's help, in all places where an engine leaves something.
///
/// @param id what the lab's names begin with
record Remains(String id, Path folder) {
    /// What every lab has while it runs, and a node.
    static final List<String> OF_A_LAB = List.of("namespace", "link", "rule", "process", "mount", "group", "file");
    static final List<String> OF_A_NODE = List.of("namespace", "link", "process", "mount", "group");

    static Remains of(SwarmLab lab) {
        return new Remains(lab.id(), lab.folder());
    }

    /// Each with its kind as the first word.
    List<String> find() throws IOException {
        List<String> found = search(id, List.of(folder.toString(), id));
        lines("iptables-save").filter(line -> line.contains(id)).forEach(line -> found.add("rule " + line));
        if (Files.exists(folder)) {
            found.add("file " + folder);
        }
        return found;
    }

    /// What there is of one node, but for its disk.
    List<String> ofNode(int node) throws IOException {
        List<String> found = search(id + "n" + node, List.of(folder.resolve("node" + node).toString(), id + "-node" + node));
        lines("ip", "-oneline", "link", "show").filter(line -> line.contains(id + "v" + node)).forEach(line -> found.add("link " + line));
        groups(id + "/" + node).forEach(group -> found.add("group " + group));
        return found;
    }

    private List<String> search(String name, List<String> signs) throws IOException {
        List<String> found = new ArrayList<>();
        lines("ip", "netns", "list").filter(line -> line.startsWith(name)).forEach(line -> found.add("namespace " + line));
        lines("ip", "-oneline", "link", "show").filter(line -> line.contains(name)).forEach(line -> found.add("link " + line));
        groups(name).forEach(group -> found.add("group " + group));
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            for (Path process : processes.filter(entry -> entry.getFileName().toString().matches("[0-9]+")).toList()) {
                // Containers are told by a variable that the test gives them.
                if (says(process.resolve("cmdline"), signs) || says(process.resolve("environ"), signs)) {
                    found.add("process " + process.getFileName() + " " + read(process.resolve("cmdline")).replace('\0', ' '));
                }
                read(process.resolve("mountinfo")).lines().filter(line -> signs.stream().anyMatch(line::contains))
                        .forEach(line -> found.add("mount seen by " + process.getFileName() + ": " + line));
            }
        }
        return found;
    }

    private static boolean says(Path file, List<String> signs) {
        String text = read(file);
        return signs.stream().anyMatch(text::contains);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException gone) {
            return "";
        }
    }

    private static List<Path> groups(String name) throws IOException {
        Path root = Path.of("/sys/fs/cgroup");
        try (Stream<Path> trees = Files.list(root)) {
            return Stream.concat(Stream.of(root), trees).map(tree -> tree.resolve(name)).filter(Files::exists).toList();
        }
    }

    private static Stream<String> lines(String... words) throws IOException {
        Process process = new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try (InputStream out = process.getInputStream()) {
            String text = new String(out.readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IOException(String.join(" ", words) + " ended with " + process.exitValue());
            }
            return text.lines();
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            throw new IOException(ended);
        }
    }
}
