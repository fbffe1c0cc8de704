package hokku.bench;

import hokku.e2e.Running;
import hokku.e2e.TestServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// (h) A hook point with fifty plugins: from the first handler of a `domains:add` to the last one. The handlers do nothing.
final class Dispatch {
    static final String FIRST = "bench-00";
    static final String LAST = "bench-49";
    private static final int PLUGINS = 50;
    private static final int WARM_UP = 5;
    private static final double MOST_MILLIS = 1;

    private final int runs;
    private final TestServer server;
    private final String app;

    /// @param app the one that is routed
    Dispatch(int runs, TestServer server, String app) {
        this.runs = runs;
        this.server = server;
        this.app = app;
    }

    void measure(Table table) throws IOException, InterruptedException {
        for (int plugin = 0; plugin < PLUGINS; plugin++) {
            pack("bench-%02d".formatted(plugin));
        }
        server.dokku("plugin:reload");
        Pattern said = Pattern.compile(TimedPlugin.SAID + "([0-9]+)");
        Times times = new Times();
        for (int run = -WARM_UP; run < runs; run++) {
            Running.Result result = Running.run(server.words("domains:add", app, "hooked-" + (run + WARM_UP) + ".example.com"), new byte[0]);
            Matcher found = said.matcher(result.text());
            if (result.exit() != 0 || !found.find()) {
                throw new AssertionError(result.text());
            }
            if (run >= 0) {
                times.add(Long.parseLong(found.group(1)));
            }
        }
        table.figure("(h) a hook point with " + PLUGINS + " plugins", runs, times.inDetail(), "", "%.0f ms".formatted(MOST_MILLIS),
                times.median() <= MOST_MILLIS, "%.3f ms".formatted(times.median()));
    }

    private void pack(String id) throws IOException {
        Manifest manifest = new Manifest();
        Attributes of = manifest.getMainAttributes();
        of.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        of.putValue("Plugin-Id", id);
        of.putValue("Plugin-Version", "1.0.0");
        of.putValue("Plugin-Class", TimedPlugin.class.getName());
        of.putValue("Plugin-Requires", "1.0.0");
        Path jar = Files.createDirectories(server.home().resolve("plugins")).resolve(id + ".jar");
        try (OutputStream out = Files.newOutputStream(jar); JarOutputStream entries = new JarOutputStream(out, manifest)) {
            String name = TimedPlugin.class.getName().replace('.', '/') + ".class";
            entries.putNextEntry(new JarEntry(name));
            try (InputStream in = TimedPlugin.class.getResourceAsStream("/" + name)) {
                in.transferTo(entries);
            }
        }
    }
}
