package hokku.e2e;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// The engine that apps run on, seen from outside with its own program.
public record Docker(String host) {
    public static final Docker SHARED = new Docker("unix:///var/run/docker.sock");
    public static final String INSTANCE = "hokku.instance";
    private static final String STACK = "-buildstep/stack";

    public String run(String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("docker", "-H", host));
        command.addAll(List.of(words));
        return Running.demand(command.toArray(String[]::new));
    }

    private List<String> lines(String... words) throws IOException, InterruptedException {
        return run(words).lines().filter(line -> !line.isBlank()).distinct().toList();
    }

    /// The containers of an installation: name, and what runs in it.
    public List<String> containers(String instance) throws IOException, InterruptedException {
        return lines("ps", "-a", "--filter", "label=" + INSTANCE + "=" + instance, "--format", "{{.Names}} {{.State}} {{.Label \"hokku.deploy\"}}");
    }

    /// Everything of an installation, but the stacks that its apps are built on: they stay for the next app.
    List<String> owned(String instance) throws IOException, InterruptedException {
        String label = "label=" + INSTANCE + "=" + instance;
        return Stream.of(
                containers(instance).stream().map(each -> "container " + each),
                lines("network", "ls", "--filter", label, "--format", "network {{.Name}}").stream(),
                lines("volume", "ls", "--filter", label, "--format", "volume {{.Name}}").stream(),
                lines("images", "-a", "--filter", label, "--format", "image {{.ID}} {{.Repository}}:{{.Tag}}").stream(),
                unnamed().stream().map(each -> "layer " + each),
                lines("images", "--filter", releases(instance), "--format", "image {{.ID}} {{.Repository}}:{{.Tag}}").stream())
                .flatMap(each -> each).filter(each -> !each.contains(" hokku-" + instance + STACK)).toList();
    }

    /// What is left of builds of this run of the tests: images that have no name and that none is built on.
    List<String> unnamed() throws IOException, InterruptedException {
        return lines("images", "-q", "--no-trunc", "--filter", "dangling=true", "--filter", "label=" + Sources.MARK);
    }

    /// Images of releases bear the name of their installation instead of a label.
    private static String releases(String instance) {
        return "reference=hokku-" + instance + "/*";
    }

    /// Removes everything of an installation, in whatever state it is.
    public void remove(String instance) throws IOException, InterruptedException {
        String label = "label=" + INSTANCE + "=" + instance;
        for (String container : lines("ps", "-aq", "--filter", label)) {
            attempt("rm", "-f", "-v", container);
        }
        for (String network : lines("network", "ls", "-q", "--filter", label)) {
            attempt("network", "rm", network);
        }
        for (String volume : lines("volume", "ls", "-q", "--filter", label)) {
            attempt("volume", "rm", volume);
        }
        for (String image : lines("images", "--filter", releases(instance), "--format", "{{.Repository}}:{{.Tag}}")) {
            attempt("rmi", "-f", image);
        }
        // The newest come first, so that none goes before those that are built on it.
        for (String image : lines("images", "--filter", "reference=hokku-" + instance + STACK + "*", "--format", "{{.Repository}}:{{.Tag}}")) {
            attempt("rmi", image);
        }
        for (String volume : lines("volume", "ls", "-q", "--filter", label)) {
            attempt("volume", "rm", volume);
        }
        for (String layer : unnamed()) {
            attempt("rmi", layer);
        }
        for (String image : lines("images", "-q", "--filter", label)) {
            attempt("rmi", "-f", image);
        }
    }

    /// What is gone already need not be removed.
    private void attempt(String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("docker", "-H", host));
        command.addAll(List.of(words));
        Running.run(command, new byte[0]);
    }

    /// Builds an image from a folder.
    public void build(String name, String instance, Path folder) throws IOException, InterruptedException {
        run("build", "-q", "--label", INSTANCE + "=" + instance, "-t", name, folder.toString());
    }
}
