package hokku.nginx;

import hokku.api.Finding;
import hokku.api.UserError;
import hokku.api.spi.Examination;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/// Whether nginx runs as whom it should, takes its configuration, and has its ports.
final class NginxExamination implements Examination {
    private static final String START = "Start it: hokku start nginx. What keeps it from starting is in ";

    private final Folder folder;
    private final Program program;
    private final Configuration configuration;
    private final Master master;
    private final Sockets sockets;
    private final Path proc;

    NginxExamination(Folder folder, Program program, Configuration configuration, Master master, Sockets sockets, Path proc) {
        this.folder = folder;
        this.program = program;
        this.configuration = configuration;
        this.master = master;
        this.sockets = sockets;
        this.proc = proc;
    }

    @Override
    public String name() {
        return "nginx";
    }

    @Override
    public List<Finding> examine() throws IOException, InterruptedException {
        List<Finding> findings = new ArrayList<>();
        List<AppConfig> apps = configuration.all();
        OptionalLong pid = master.pid();
        if (pid.isPresent()) {
            findings.addAll(running(pid.getAsLong(), apps.size()));
            findings.addAll(ports(user(pid.getAsLong())));
        } else if (apps.isEmpty() && !program.isForeign()) {
            findings.add(Finding.well(program.version() + " is started with the first app that is routed"));
        } else {
            findings.add(Finding.wrong("nginx does not run, so no app can be reached", START + folder.errorLog()));
            holders().ifPresent(findings::add);
        }
        findings.addAll(configured(apps));
        return findings;
    }

    private List<Finding> running(long pid, int apps) throws IOException, InterruptedException {
        Set<Long> workers = master.workers();
        Optional<String> user = user(pid);
        Set<String> users = new TreeSet<>();
        for (long worker : workers) {
            user(worker).ifPresent(users::add);
        }
        if (workers.isEmpty()) {
            return List.of(Finding.wrong("nginx runs without workers, so no request is answered", "Restart it: hokku stop nginx, hokku start nginx"));
        }
        Optional<String> wanted = program.user().or(() -> Optional.of(System.getProperty("user.name")));
        if (!user.equals(wanted) || !users.equals(Set.of(wanted.get()))) {
            return List.of(Finding.wrong("nginx runs as %s with workers of %s, and should be %s's".formatted(user.orElse("somebody else"),
                    String.join(", ", users), wanted.get()), "Restart it as its own user: hokku stop nginx, hokku start nginx"));
        }
        return List.of(Finding.well("%s runs as %s with %d workers, and knows %d apps".formatted(program.version(), wanted.get(), workers.size(), apps)));
    }

    /// Whether each port is nginx' own.
    private List<Finding> ports(Optional<String> user) throws IOException {
        List<Finding> findings = new ArrayList<>();
        Set<Integer> own = new TreeSet<>(configuration.ports());
        for (int port : own) {
            Set<String> holders = holders(port);
            if (holders.isEmpty()) {
                findings.add(Finding.wrong("nothing listens on port " + port, "Let nginx take its configuration anew: nginx:reload"));
            } else if (user.isPresent() && !holders.contains(user.get())) {
                findings.add(taken(port, holders));
            }
        }
        return findings.isEmpty() ? List.of(Finding.well("has its ports: " + String.join(", ", own.stream().map(String::valueOf).toList()))) : findings;
    }

    /// Who keeps an nginx that does not run from its ports.
    private Optional<Finding> holders() throws IOException {
        for (int port : new TreeSet<>(configuration.ports())) {
            Set<String> holders = holders(port);
            if (!holders.isEmpty()) {
                return Optional.of(taken(port, holders));
            }
        }
        return Optional.empty();
    }

    private static Finding taken(int port, Collection<String> holders) {
        return Finding.wrong("port %d is held by a program of %s".formatted(port, String.join(", ", holders)),
                "Stop that program (ss -ltnp names it), or choose another port: proxy:set --global proxy-port 8080");
    }

    private List<Finding> configured(List<AppConfig> apps) throws IOException, InterruptedException {
        List<Finding> findings = new ArrayList<>();
        try {
            String complaint = configuration.validate(apps);
            if (!complaint.isEmpty()) {
                findings.add(Finding.wrong("nginx refuses its configuration: " + complaint,
                        "Undo what was set last (nginx:set), then: nginx:validate-config"));
            }
        } catch (UserError unasked) {
            findings.add(Finding.wrong("nginx could not be asked about its configuration: " + unasked.getMessage(), "Let its rights be given anew: hokku setup"));
        }
        for (Path file : Folder.list(folder.apps())) {
            if (file.toString().endsWith(".refused")) {
                findings.add(Finding.warning(file + " was refused by nginx and set aside", "Route the app anew: proxy:build-config, then remove the file"));
            }
        }
        return findings.isEmpty() ? List.of(Finding.well("its configuration is valid")) : findings;
    }

    private Set<String> holders(int port) throws IOException {
        Set<String> names = new TreeSet<>();
        for (int id : sockets.listeners(port)) {
            names.add(Users.name(id));
        }
        return names;
    }

    private Optional<String> user(long pid) throws IOException {
        try {
            return Optional.of(Files.getOwner(proc.resolve(String.valueOf(pid))).getName());
        } catch (NoSuchFileException ended) {
            return Optional.empty();
        }
    }
}
