package hokku.core.command;

import hokku.api.Access;
import hokku.api.Contributions;
import hokku.api.Plugin;
import hokku.api.PluginContext;
import hokku.api.UserError;
import hokku.api.hook.Hook;
import hokku.api.spi.Command;
import hokku.api.spi.Session;
import hokku.core.plugin.CheckedJar;
import hokku.core.plugin.Download;
import hokku.core.plugin.HookPoints;
import hokku.core.plugin.PluginHost;
import hokku.core.plugin.PluginInfo;
import hokku.core.plugin.Registry;
import hokku.core.plugin.Snapshots;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The commands `plugin:*`.
public final class PluginCommands implements Plugin {
    private final PluginHost host;
    private final Download download;

    /// @param download fetches jars from elsewhere
    public PluginCommands(PluginHost host, Download download) {
        this.host = host;
        this.download = download;
    }

    @Override
    public void contribute(PluginContext context, Contributions to) {
        to.command(Installed::new);
        to.command(Listing::new);
        to.command(Hooks::new);
        to.command(Install::new);
        to.command(Uninstall::new);
        to.command(Enable::new);
        to.command(Disable::new);
        to.command(Reload::new);
    }

    /// What the commands that change something have in common.
    private abstract sealed class Change implements Command {
        @Override
        public final Access access() {
            return Access.ADMIN;
        }
    }

    @CommandLine.Command(name = "plugin:list", description = "List the plugins, and why one is broken")
    private final class Listing implements Command {
        @Mixin
        private final OutputFormat format = new OutputFormat();

        @Override
        public Access access() {
            return Access.READ;
        }

        @Override
        public void run(Session session) {
            List<PluginInfo> plugins = host.plugins();
            if (format.isJson()) {
                session.json(plugins.stream().map(Listing::fields).toList());
                return;
            }
            int longest = plugins.stream().mapToInt(plugin -> plugin.id().length()).max().orElse(0);
            String row = "  %-" + Math.max(longest, 18) + "s %-10s %-9s %s";
            for (PluginInfo plugin : plugins) {
                session.print(row.formatted(plugin.id(), plugin.version(), plugin.state(), plugin.description()).stripTrailing());
                if (plugin.state() == PluginInfo.State.BROKEN) {
                    session.out().warn((plugin.file().isEmpty() ? plugin.id() : plugin.file()) + " " + plugin.reason());
                }
            }
        }

        private static Map<String, String> fields(PluginInfo plugin) {
            Map<String, String> fields = new LinkedHashMap<>();
            fields.put("name", plugin.id());
            fields.put("version", plugin.version());
            fields.put("state", plugin.state().toString());
            fields.put("reason", plugin.reason());
            fields.put("description", plugin.description());
            fields.put("origin", plugin.origin().toString());
            fields.put("file", plugin.file());
            return fields;
        }
    }

    @CommandLine.Command(name = "plugin:hooks", description = "Show what runs at each hook point, in its order")
    private final class Hooks implements Command {
        @Mixin
        private final OutputFormat format = new OutputFormat();

        @Override
        public Access access() {
            return Access.READ;
        }

        @Override
        public void run(Session session) {
            Map<String, List<Map<String, String>>> points = new LinkedHashMap<>();
            try (Snapshots.Lease lease = host.lease()) {
                HookPoints.ALL.forEach(point -> points.put(HookPoints.name(point), handlers(lease.registry(), point)));
            }
            if (format.isJson()) {
                session.json(points);
                return;
            }
            points.forEach((point, handlers) -> {
                session.out().milestone(point);
                handlers.forEach(handler -> session.print("       %-8s%s".formatted(handler.get("order"), handler.get("plugin"))));
            });
        }

        private static <H extends Hook> List<Map<String, String>> handlers(Registry registry, Class<H> point) {
            return registry.hooks(point).stream()
                    .map(handler -> Map.of("order", handler.order().name().toLowerCase(Locale.ROOT), "plugin", handler.plugin())).toList();
        }
    }

    @CommandLine.Command(name = "plugin:installed", description = "Tell by the exit code whether a plugin is installed")
    private final class Installed implements Command {
        @Parameters(paramLabel = "<name>", description = "The plugin's id")
        private String name = "";

        @Override
        public Access access() {
            return Access.READ;
        }

        @Override
        public void run(Session session) {
            if (host.plugins().stream().noneMatch(plugin -> plugin.id().equals(name))) {
                session.exit(UserError.FAILED);
            }
        }
    }

    @CommandLine.Command(name = "plugin:install", description = "Add a plugin, or replace it by another version: the jar comes on standard input,"
            + " from a file of the server, or from an https address", customSynopsis = "dokku plugin:install [--sha256 <digest>] [<file>|<url>]")
    private final class Install extends Change {
        @Parameters(arity = "0..1", paramLabel = "<file>|<url>",
                description = "The absolute path of a jar on the server, or an https address, instead of standard input")
        private Optional<String> from = Optional.empty();

        @Option(names = "--sha256", paramLabel = "<digest>", description = "The SHA-256 digest that the jar must have")
        private Optional<String> sha256 = Optional.empty();

        /// An address may hold a token, so that only its host is written down.
        @Override
        public List<String> audited() {
            return from.filter(Install::isAddress).map(text -> List.of(Download.address(text).getHost())).orElse(List.of());
        }

        @Override
        public void run(Session session) throws IOException {
            sha256.ifPresent(CheckedJar::demandDigest);
            PluginInfo plugin;
            try (InputStream jar = new CheckedJar(open(session), sha256)) {
                plugin = host.install(jar);
            }
            session.out().step("Plugin " + plugin.id() + " " + plugin.version() + " is installed and enabled");
        }

        private InputStream open(Session session) throws IOException {
            if (from.isEmpty()) {
                session.out().step("Installing a plugin from standard input");
                return session.in();
            }
            if (isAddress(from.get())) {
                URI address = Download.address(from.get());
                session.out().step("Installing a plugin from " + address.getHost());
                return download.open(address);
            }
            session.out().step("Installing a plugin from " + from.get());
            return file(from.get());
        }

        private static boolean isAddress(String text) {
            return text.contains("://");
        }

        private static InputStream file(String file) throws IOException {
            Path path = Path.of(file);
            if (!path.isAbsolute()) {
                throw new UserError("The path " + path + " is not absolute, and the server does not know your folder."
                        + " Give the whole path, or send the jar: plugin:install < " + path.getFileName());
            }
            if (!Files.isRegularFile(path) || !Files.isReadable(path)) {
                throw new UserError("The server finds no file " + path + " that it may read. Send the jar: plugin:install < "
                        + path.getFileName());
            }
            return Files.newInputStream(path);
        }
    }

    @CommandLine.Command(name = "plugin:uninstall", description = "Remove a plugin that was added")
    private final class Uninstall extends Change {
        @Parameters(paramLabel = "<name>", description = "The plugin's id, or the name of its file")
        private String name = "";

        @Override
        public void run(Session session) throws IOException {
            host.uninstall(name);
            session.out().step("Plugin " + name + " is uninstalled; its data was kept");
        }
    }

    @CommandLine.Command(name = "plugin:enable", description = "Let a disabled plugin take part again")
    private final class Enable extends Change {
        @Parameters(paramLabel = "<name>", description = "The plugin's id")
        private String name = "";

        @Override
        public void run(Session session) throws IOException {
            host.enable(name);
            session.out().step("Plugin " + name + " enabled");
        }
    }

    @CommandLine.Command(name = "plugin:disable", description = "Keep a plugin from taking part")
    private final class Disable extends Change {
        @Parameters(paramLabel = "<name>", description = "The plugin's id")
        private String name = "";

        @Override
        public void run(Session session) throws IOException {
            host.disable(name);
            session.out().step("Plugin " + name + " disabled");
        }
    }

    @CommandLine.Command(name = "plugin:reload", description = "Load all plugins anew, as after a jar was copied to the plugins folder")
    private final class Reload extends Change {
        @Override
        public void run(Session session) throws IOException {
            session.out().step("Reloading the plugins");
            List<PluginInfo> plugins = host.reload();
            for (PluginInfo plugin : plugins) {
                if (plugin.state() == PluginInfo.State.BROKEN) {
                    session.out().warn(plugin.file() + " " + plugin.reason());
                } else {
                    session.out().detail(plugin.id() + " " + plugin.version() + " " + plugin.state());
                }
            }
        }
    }
}
