package hokku.api;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// What a builder made of a source.
///
/// @param id the image's id on the engine, `sha256:…`
/// @param builder the name of the builder that made it
/// @param processes the words of each process' command; no words stand for the image's own command
/// @param ports the tcp ports that the image says it listens on, the routed one first
/// @param routed false when the app is not to be reached through the proxy, whatever its processes are
public record BuiltImage(Source source, String id, String builder, SortedMap<ProcessType, List<String>> processes,
        List<Integer> ports, boolean routed) {
    public BuiltImage {
        processes = Collections.unmodifiableSortedMap(new TreeMap<>(processes));
        ports = List.copyOf(ports);
    }

    public static BuiltImage of(Source source, String id, String builder, SortedMap<ProcessType, List<String>> processes,
            List<Integer> ports) {
        return new BuiltImage(source, id, builder, processes, ports, true);
    }

    /// The same image, kept from the proxy.
    public BuiltImage withoutRoute() {
        return new BuiltImage(source, id, builder, processes, ports, false);
    }

    @Override
    public String toString() {
        return "BuiltImage[" + source.app().name() + " " + id + "]";
    }
}
