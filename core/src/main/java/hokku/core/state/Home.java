package hokku.core.state;

import hokku.api.AppName;
import hokku.api.ServiceName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/// The folder that holds everything Hokku knows: every path comes from here.
public record Home(Path root) {
    public Home {
        root = root.toAbsolutePath().normalize();
    }

    /// Makes the folders that are not there yet.
    public void create() throws IOException {
        for (Path folder : new Path[] {root, apps(), plugins(), pluginsData(), hostKeys(), trash(), run()}) {
            createPrivate(folder);
        }
    }

    /// Makes a folder, and those above it, that only this user may enter.
    public static void createPrivate(Path folder) throws IOException {
        Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    public Path format() {
        return root.resolve("format");
    }

    /// The name of this installation among those that share an engine.
    public Path instance() {
        return root.resolve("instance");
    }

    public Path authorizedKeys() {
        return root.resolve("authorized_keys");
    }

    public Path hostKeys() {
        return root.resolve("host_keys");
    }

    public Path settings() {
        return root.resolve("settings.json");
    }

    public Path audit() {
        return root.resolve("audit.jsonl");
    }

    public Path lock() {
        return root.resolve("daemon.lock");
    }

    /// The jars that were added.
    public Path plugins() {
        return root.resolve("plugins");
    }

    /// Where the jar of a plugin that was installed is.
    public Path pluginJar(String plugin) {
        return plugins().resolve(plugin + ".jar");
    }

    /// The file whose presence keeps a plugin from loading.
    public Path pluginDisabled(String plugin) {
        return plugins().resolve(plugin + ".disabled");
    }

    /// The private copies of jars that classes are loaded from.
    public Path pluginCopies() {
        return run().resolve("plugins");
    }

    public Path pluginsData() {
        return root.resolve("plugins-data");
    }

    public Path pluginData(String plugin) {
        return pluginsData().resolve(plugin);
    }

    /// Copies of files as they were before a newer version changed their form.
    public Path kept() {
        return root.resolve("kept");
    }

    /// What lives no longer than the server's process: its pid, private copies of jars.
    public Path run() {
        return root.resolve("run");
    }

    /// Where the copy of an app is made before it is one.
    public Path copies() {
        return run().resolve("copies");
    }

    /// Where the host's OpenSSH hands sessions over.
    public Path frontSocket() {
        return run().resolve("front.sock");
    }

    /// Where backups of services go unless a user names another place.
    public Path backups() {
        return root.resolve("backups");
    }

    public Path services() {
        return root.resolve("services");
    }

    /// The services of one datastore.
    public Path services(String datastore) {
        return services().resolve(datastore);
    }

    public Path service(String datastore, ServiceName name) {
        return services(datastore).resolve(name.value());
    }

    public Path trash() {
        return root.resolve("trash");
    }

    public Path apps() {
        return root.resolve("apps");
    }

    public Path app(AppName app) {
        return apps().resolve(app.value());
    }

    public Path repository(AppName app) {
        return app(app).resolve("repo.git");
    }

    public Path desired(AppName app) {
        return app(app).resolve("desired.json");
    }

    public Path journal(AppName app) {
        return app(app).resolve("releases.jsonl");
    }

    public Path builds(AppName app) {
        return app(app).resolve("builds");
    }

    public Path pluginFolders(AppName app) {
        return app(app).resolve("plugins");
    }

    public Path pluginFolder(AppName app, String plugin) {
        return pluginFolders(app).resolve(plugin);
    }
}
