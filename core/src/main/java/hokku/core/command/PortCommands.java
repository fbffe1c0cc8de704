package hokku.core.command;

import hokku.api.Access;
import hokku.api.App;
import hokku.api.Apps;
import hokku.api.Contributions;
import hokku.api.PortMapping;
import hokku.api.ProcessType;
import hokku.api.UserError;
import hokku.api.spi.Session;
import hokku.core.deploy.CoreSettings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `ports:*`: which port of the proxy leads to which port of the containers.
final class PortCommands {
    private static final String PORT = "[0-9]{1,5}";

    private final Apps apps;

    PortCommands(Apps apps) {
        this.apps = apps;
    }

    void contribute(Contributions to) {
        to.command(Show::new);
        to.command(Add::new);
        to.command(Set::new);
        to.command(Remove::new);
        to.command(Clear::new);
    }

    /// What holds when no mapping was set: the proxy's port leads to the port that the image exposes.
    static List<PortMapping> detected(App app) {
        int hostPort = app.value(CoreSettings.PROXY_PORT).orElse(80);
        return app.release().filter(release -> release.routed() && release.processes().containsKey(ProcessType.WEB))
                .map(release -> List.of(PortMapping.of("http", hostPort, release.port()))).orElse(List.of());
    }

    static String joined(List<PortMapping> mappings) {
        return mappings.stream().map(PortMapping::toString).collect(Collectors.joining(" "));
    }

    private static PortMapping http(String text) {
        PortMapping mapping = PortMapping.parse(text);
        if (!mapping.scheme().equals("http")) {
            throw new UserError("Invalid port map " + mapping + ": only http is supported, for instance http:80:5000");
        }
        return mapping;
    }

    /// Sorted, and each port of the proxy once.
    private static List<PortMapping> checked(Iterable<PortMapping> mappings) {
        TreeSet<PortMapping> sorted = new TreeSet<>();
        LinkedHashSet<String> taken = new LinkedHashSet<>();
        for (PortMapping mapping : mappings) {
            if (sorted.add(mapping) && !taken.add(mapping.scheme() + ":" + mapping.hostPort())) {
                throw new UserError("Error validating port mappings: The same scheme:host-port is being reused: " + mapping.scheme() + ":"
                        + mapping.hostPort());
            }
        }
        return List.copyOf(sorted);
    }

    private abstract class PortCommand extends RoutingCommand {
        PortCommand() {
            super(apps);
        }
    }

    /// A command that is given mappings.
    private abstract class WithPorts extends PortCommand {
        @Parameters(index = "1..*", paramLabel = "<scheme>:<host-port>:<container-port>", description = "For instance http:80:5000")
        private final List<String> words = new ArrayList<>();

        @Override
        public final List<String> audited() {
            return words;
        }

        final List<String> words() {
            if (words.isEmpty()) {
                throw new UserError("No port mapping specified. Use <scheme>:<host-port>:<container-port>, for instance http:80:5000");
            }
            return words;
        }

        final List<PortMapping> mappings() {
            return words().stream().map(PortCommands::http).toList();
        }

        final void tell(Session session) {
            List<PortMapping> now = current().ports();
            session.out().step(now.isEmpty() ? "No port mappings set for " + name() + ", the image's own port is used"
                    : "Set port mappings for " + name() + ": " + joined(now));
        }
    }

    @Command(name = "ports:list", description = "List the port mappings of an app")
    final class Show extends PortCommand {
        @Mixin
        private final OutputFormat format = new OutputFormat();

        @Override
        public Access access() {
            return Access.READ;
        }

        @Override
        public void run(Session session) {
            App app = current();
            List<PortMapping> mappings = app.ports().isEmpty() ? detected(app) : app.ports();
            if (format.isJson()) {
                session.json(mappings.stream().map(Show::document).toList());
            } else {
                print(mappings, session);
            }
        }

        private void print(List<PortMapping> mappings, Session session) {
            if (mappings.isEmpty()) {
                throw new UserError("No port mappings configured for app " + name());
            }
            session.out().step("Port mappings for " + name());
            List<List<String>> rows = new ArrayList<>();
            if (!session.quiet()) {
                rows.add(List.of("-----> scheme", "host port", "container port"));
            }
            mappings.forEach(mapping -> rows.add(List.of(mapping.scheme(), String.valueOf(mapping.hostPort()),
                    String.valueOf(mapping.containerPort()))));
            int first = rows.stream().mapToInt(row -> row.get(0).length()).max().orElse(0);
            int second = rows.stream().mapToInt(row -> row.get(1).length()).max().orElse(0);
            String form = "    %-" + first + "s  %-" + second + "s  %s";
            rows.forEach(row -> session.print(form.formatted(row.toArray())));
        }

        private static Map<String, Object> document(PortMapping mapping) {
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("scheme", mapping.scheme());
            document.put("host_port", mapping.hostPort());
            document.put("container_port", mapping.containerPort());
            return document;
        }
    }

    @Command(name = "ports:add", description = "Add port mappings to those that were set")
    final class Add extends WithPorts {
        @Override
        public void run(Session session) throws InterruptedException {
            List<PortMapping> added = mappings();
            change(app -> {
                List<PortMapping> all = new ArrayList<>(app.ports());
                all.addAll(added);
                return app.withPorts(checked(all));
            }, session.out());
            tell(session);
        }
    }

    @Command(name = "ports:set", description = "Replace the port mappings")
    final class Set extends WithPorts {
        @Override
        public void run(Session session) throws InterruptedException {
            List<PortMapping> wanted = checked(mappings());
            change(app -> app.withPorts(wanted), session.out());
            tell(session);
        }
    }

    @Command(name = "ports:remove", description = "Remove port mappings, by the port of the proxy or in full")
    final class Remove extends WithPorts {
        @Override
        public void run(Session session) throws InterruptedException {
            List<PortMapping> before = current().ports();
            for (String word : words()) {
                if (!word.matches(PORT)) {
                    PortMapping.parse(word);
                }
                if (before.stream().noneMatch(mapping -> names(word, mapping))) {
                    session.out().step("Skipping " + word + ": no such port mapping is set for " + name());
                }
            }
            change(app -> app.withPorts(app.ports().stream()
                    .filter(mapping -> words().stream().noneMatch(word -> names(word, mapping))).toList()), session.out());
            tell(session);
        }

        /// A word is a host port, or a whole mapping.
        private static boolean names(String word, PortMapping mapping) {
            return word.matches(PORT) ? Integer.parseInt(word) == mapping.hostPort() : PortMapping.parse(word).equals(mapping);
        }
    }

    @Command(name = "ports:clear", description = "Remove all port mappings that were set")
    final class Clear extends PortCommand {
        @Override
        public void run(Session session) throws InterruptedException {
            change(app -> app.withPorts(List.of()), session.out());
            session.out().step("Cleared port mappings for " + name());
        }
    }
}
