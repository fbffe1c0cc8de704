package hokku.swarm.registry;

import hokku.api.UserError;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A place for images of one app in a registry: `10.0.0.5:5000/hokku/hello`.
record Repository(RegistryServer server, String path) {
    private static final Pattern PATH = Pattern.compile("[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*(/[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*)*");
    private static final int LONGEST = 200;

    Repository {
        checked(path);
    }

    /// @throws UserError when images cannot have that name
    static String checked(String path) {
        if (!PATH.matcher(path).matches() || path.length() > LONGEST) {
            throw new UserError("Invalid name of a repository: \"" + path.replaceAll("\\p{Cntrl}", "?")
                    + "\". Use lowercase letters, digits, dots, hyphens and slashes, without the registry: team/hello");
        }
        return path;
    }

    String name() {
        return server + "/" + path;
    }

    String tagged(String tag) {
        return name() + ":" + tag;
    }

    String at(String digest) {
        return name() + "@" + digest;
    }

    boolean hasTag(List<String> tags, String tag) {
        return names().anyMatch(name -> tags.contains(name + ":" + tag));
    }

    /// @param digests as the engine tells of an image
    boolean hasDigest(List<String> digests, String digest) {
        return names().anyMatch(name -> digests.contains(name + "@" + digest));
    }

    /// The digest that is this repository's among those that the engine tells of an image.
    Optional<String> digest(List<String> digests) {
        return names().flatMap(name -> digests.stream().filter(each -> each.startsWith(name + "@")))
                .map(each -> each.substring(each.indexOf('@') + 1)).findFirst();
    }

    /// The engine leaves the name of Docker's own registry out.
    private Stream<String> names() {
        return server.host().equals("docker.io") ? Stream.of(name(), path, path.replaceFirst("^library/", "")) : Stream.of(name());
    }

    @Override
    public String toString() {
        return name();
    }
}
