package hokku.api;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// Code and config of an app at one moment, numbered: what a rollback brings back.
///
/// Scale, domains, ports and storage are not in it.
///
/// @param number taken once, never used again
/// @param image the image's id on the engine
/// @param tag the name under which the engine keeps it
/// @param env the app's own variables when the release was made
/// @param processes the words of each process' command; no words stand for the image's own command
/// @param ports the tcp ports that the image listens on, the routed one first
/// @param routed false when the image asked to be kept from the proxy
/// @param files what was captured of the source (`Procfile`, `app.json`, `CNAME` …), text by path
/// @param notes what plugins remember about it, by `<plugin>.<key>`
public record Release(AppName app, int number, String image, String tag, String builder, Env env,
        SortedMap<ProcessType, List<String>> processes, List<Integer> ports, boolean routed, String commit,
        Map<String, String> files, Map<String, String> notes, String by, Instant at) {
    public Release {
        processes = Collections.unmodifiableSortedMap(new TreeMap<>(processes));
        ports = List.copyOf(ports);
        files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
        notes = Collections.unmodifiableSortedMap(new TreeMap<>(notes));
    }

    /// @param key `<plugin>.<key>`
    public Release withNote(String key, String value) {
        TreeMap<String, String> changed = new TreeMap<>(notes);
        changed.put(key, value);
        return new Release(app, number, image, tag, builder, env, processes, ports, routed, commit, files, changed, by, at);
    }

    public Release withEnv(Env changed) {
        return new Release(app, number, image, tag, builder, changed, processes, ports, routed, commit, files, notes, by, at);
    }

    public Release withProcesses(SortedMap<ProcessType, List<String>> changed) {
        return new Release(app, number, image, tag, builder, env, changed, ports, routed, commit, files, notes, by, at);
    }

    /// The container port that is routed when nothing else was set.
    public int port() {
        return ports.isEmpty() ? 5000 : ports.getFirst();
    }

    @Override
    public String toString() {
        return "Release[" + app + " " + number + "]";
    }
}
