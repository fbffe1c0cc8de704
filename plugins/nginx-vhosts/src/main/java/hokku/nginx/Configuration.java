package hokku.nginx;

import hokku.api.AppId;
import hokku.api.AppName;
import hokku.api.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntSupplier;

/// The files that nginx is configured by, and what is known of them. Guarded by itself; the files change only through it.
final class Configuration {
    private final Folder folder;
    private final Program program;
    private final MainConfig main;
    private final IntSupplier port;
    private final TreeMap<AppName, AppConfig> live = new TreeMap<>();
    /// Whose each name is: the apps of live files, and those that names are kept for. One that has a live file and keeps the names of the
    /// next one is in here twice.
    private final Map<String, List<AppConfig>> owners = new HashMap<>();
    /// The port of the whole server that the main file was last written with.
    private int written;
    private FileTime read = FileTime.fromMillis(0);

    /// @param port the port of the whole server
    Configuration(Folder folder, Program program, MainConfig main, IntSupplier port) {
        this.folder = folder;
        this.program = program;
        this.main = main;
        this.port = port;
    }

    /// Reads what is there.
    ///
    /// @return what is wrong with files that cannot be an app's, by file name; they are set aside
    synchronized Map<String, String> load() throws IOException {
        FileTime now = Files.getLastModifiedTime(folder.apps());
        List.copyOf(live.keySet()).forEach(this::bury);
        Map<String, String> refused = new TreeMap<>();
        for (Path file : Folder.list(folder.apps())) {
            String name = file.getFileName().toString();
            if (name.endsWith(".conf")) {
                try {
                    AppConfig config = AppConfig.read(AppName.of(name.substring(0, name.length() - ".conf".length())), Files.readString(file));
                    enliven(config);
                } catch (UserError | IllegalArgumentException foreign) {
                    setAside(file);
                    refused.put(name, foreign.getMessage());
                }
            }
        }
        writeListens(live.values(), folder.listen(), false);
        writeMain();
        read = now;
        return refused;
    }

    /// Finds the apps whose files nginx does not take, and sets those files aside so that all others serve.
    ///
    /// @return what nginx says, by app
    synchronized Map<AppName, String> setAsideWhatNginxRefuses() throws IOException, InterruptedException {
        Map<AppName, String> culprits = new TreeMap<>();
        String complaint = validate(live.values());
        while (!complaint.isEmpty()) {
            Optional<AppConfig> culprit = culprit(complaint);
            if (culprit.isEmpty()) {
                throw new UserError("nginx refuses its configuration: " + complaint);
            }
            AppName app = culprit.get().app();
            setAside(folder.app(app));
            bury(app);
            culprits.put(app, complaint);
            complaint = validate(live.values());
        }
        if (!culprits.isEmpty()) {
            writeListens(live.values(), folder.listen(), false);
            writeMain();
        }
        return culprits;
    }

    private Optional<AppConfig> culprit(String complaint) throws IOException, InterruptedException {
        Optional<AppConfig> named = live.values().stream().filter(app -> complaint.contains("apps/" + app.app() + ".conf:")).findFirst();
        if (named.isPresent()) {
            return named;
        }
        for (AppConfig each : live.values()) {
            if (!validate(List.of(each)).isEmpty()) {
                return Optional.of(each);
            }
        }
        return Optional.empty();
    }

    private void setAside(Path file) throws IOException {
        Files.move(file, file.resolveSibling(file.getFileName() + ".refused"), StandardCopyOption.REPLACE_EXISTING);
    }

    /// After the plugin was loaded anew, a deploy that began before ends with the plugin's former instance: what that wrote counts.
    private void follow() throws IOException {
        if (!Files.getLastModifiedTime(folder.apps()).equals(read)) {
            load();
        }
    }

    synchronized Optional<AppConfig> of(AppName app) throws IOException {
        follow();
        return Optional.ofNullable(live.get(app));
    }

    synchronized Set<AppName> apps() throws IOException {
        follow();
        return Set.copyOf(live.keySet());
    }

    synchronized List<AppConfig> all() throws IOException {
        follow();
        return List.copyOf(live.values());
    }

    int port() {
        return port.getAsInt();
    }

    /// Writes what has become different around the apps' files, such as the port of the whole server.
    ///
    /// @return the generation that the files amount to
    synchronized String refresh() throws IOException {
        follow();
        writeMain();
        return main.generation(port(), live.values());
    }

    /// The ports of this host that the files make nginx listen on.
    synchronized Set<Integer> ports() {
        Set<Integer> ports = new HashSet<>(Set.of(written));
        live.values().forEach(app -> app.listens().forEach(listen -> ports.add(listen.port())));
        return ports;
    }

    /// Keeps the names of a file for its app, until [#release].
    ///
    /// @throws UserError when one of them is another app's
    synchronized void reserve(AppConfig wanted) throws IOException {
        follow();
        for (String name : wanted.names()) {
            for (AppConfig other : owners.getOrDefault(name, List.of())) {
                if (!isSameApp(wanted.id(), other)) {
                    throw new UserError("Domain " + name + " belongs to app " + other.app() + " already. Remove it there first:"
                            + " domains:remove " + other.app() + " " + name);
                }
            }
        }
        own(wanted);
    }

    synchronized void release(AppConfig wanted) {
        disown(wanted);
    }

    private void own(AppConfig config) {
        config.names().forEach(name -> owners.computeIfAbsent(name, key -> new ArrayList<>(1)).add(config));
    }

    private void disown(AppConfig config) {
        for (String name : config.names()) {
            owners.computeIfPresent(name, (key, all) -> {
                all.remove(config);
                return all.isEmpty() ? null : all;
            });
        }
    }

    private void enliven(AppConfig config) {
        Optional.ofNullable(live.put(config.app(), config)).ifPresent(this::disown);
        own(config);
    }

    private void bury(AppName app) {
        Optional.ofNullable(live.remove(app)).ifPresent(this::disown);
    }

    /// An app that was renamed has the same id.
    private static boolean isSameApp(AppId id, AppConfig other) {
        return other.id().equals(id);
    }

    /// The former name of a renamed app, if its file is still there.
    synchronized Optional<AppName> formerName(AppConfig config) throws IOException {
        follow();
        return live.values().stream().filter(other -> isSameApp(config.id(), other) && !other.app().equals(config.app()))
                .map(AppConfig::app).findFirst();
    }

    /// Asks nginx what it thinks of a file that may become live, among the ports of all others but without their files: a thousand of them
    /// take nginx most of a second. What one file can do to another is to take its names, which [#reserve] sees to and nginx
    /// would not notice. Whatever else nginx has against all of them together it says at the reload, which is then taken back.
    ///
    /// @throws UserError with nginx' words when it would not take it
    synchronized void demandValid(AppConfig wanted) throws IOException, InterruptedException {
        List<AppConfig> together = new ArrayList<>(live.values().stream()
                .filter(other -> !isSameApp(wanted.id(), other) && !other.app().equals(wanted.app())).toList());
        together.add(wanted);
        Path file = folder.candidate().resolve("app.conf");
        folder.write(file, wanted.text());
        try {
            String complaint = validate(together, List.of("app.conf"));
            if (!complaint.isEmpty()) {
                throw new UserError("nginx refuses the configuration of app " + wanted.app() + ": " + complaint);
            }
        } finally {
            folder.delete(file);
        }
    }

    /// Asks nginx what it thinks of live files.
    ///
    /// @return what it has against them; empty when it takes them
    synchronized String validate(Collection<AppConfig> files) throws IOException, InterruptedException {
        return validate(files, files.stream().map(app -> "../apps/" + app.app() + ".conf").toList());
    }

    /// @param around the apps whose ports there are
    /// @param includes the files that are looked at, as seen from the folder of candidates
    private String validate(Collection<AppConfig> around, List<String> includes) throws IOException, InterruptedException {
        writeListens(around, folder.candidate().resolve("listen"), true);
        folder.write(folder.candidate().resolve("nginx.conf"), main.candidate(port(), around, includes));
        return program.validate();
    }

    /// Puts files in place; the next reload makes them live.
    ///
    /// @param files by app; empty to remove the app's file
    /// @return what was there before, in the same form
    synchronized Map<AppName, Optional<AppConfig>> replace(Map<AppName, Optional<AppConfig>> files) throws IOException {
        Map<AppName, Optional<AppConfig>> former = new TreeMap<>();
        follow();
        try {
            for (Map.Entry<AppName, Optional<AppConfig>> each : new TreeMap<>(files).entrySet()) {
                former.put(each.getKey(), of(each.getKey()));
                put(each.getKey(), each.getValue());
            }
            writeMain();
            return former;
        } catch (IOException | RuntimeException failure) {
            for (Map.Entry<AppName, Optional<AppConfig>> each : former.entrySet()) {
                try {
                    put(each.getKey(), each.getValue());
                } catch (IOException second) {
                    failure.addSuppressed(second);
                }
            }
            throw failure;
        }
    }

    private void put(AppName app, Optional<AppConfig> file) throws IOException {
        if (file.isPresent()) {
            enliven(file.get());
            writeListens(live.values(), folder.listen(), false);
            folder.ensure(folder.app(app), file.get().text());
        } else {
            bury(app);
            folder.delete(folder.app(app));
            writeListens(live.values(), folder.listen(), false);
        }
        read = Files.getLastModifiedTime(folder.apps());
    }

    private void writeMain() throws IOException {
        int now = port();
        folder.ensure(folder.main(), main.live(now, live.values()));
        folder.ensure(folder.signal(), MainConfig.SIGNAL);
        written = now;
    }

    private void writeListens(Collection<AppConfig> apps, Path to, boolean candidate) throws IOException {
        List<Listen> all = apps.stream().flatMap(app -> app.listens().stream()).distinct().sorted(Comparator.comparing(Listen::key)).toList();
        for (Listen listen : all) {
            folder.ensure(to.resolve(listen.key() + ".conf"), main.listen(listen, all, candidate));
        }
    }
}
