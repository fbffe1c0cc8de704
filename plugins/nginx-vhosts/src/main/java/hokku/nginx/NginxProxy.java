package hokku.nginx;

import hokku.api.AppName;
import hokku.api.Endpoint;
import hokku.api.Output;
import hokku.api.PortMapping;
import hokku.api.Route;
import hokku.api.UserError;
import hokku.api.spi.Proxy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// The proxy `nginx`.
final class NginxProxy implements Proxy {
    private final Folder folder;
    private final Configuration configuration;
    private final Commits commits;
    private final Targets targets;
    private final Sockets sockets;
    private final Master master;
    private final Logs logs;

    NginxProxy(Folder folder, Configuration configuration, Commits commits, Targets targets, Sockets sockets, Master master,
            Logs logs) {
        this.folder = folder;
        this.configuration = configuration;
        this.commits = commits;
        this.targets = targets;
        this.sockets = sockets;
        this.master = master;
        this.logs = logs;
    }

    @Override
    public String name() {
        return "nginx";
    }

    @Override
    public Change prepare(Route route, Output out) throws Exception {
        AppName app = route.app().name();
        for (PortMapping mapping : route.ports()) {
            if (!mapping.scheme().equals("http")) {
                out.warn("nginx serves http only: the port mapping " + mapping + " is left out");
            }
        }
        if (!AppConfig.isReachable(route)) {
            return new NginxChange(route, Optional.empty(), Map.of(app, Optional.empty()), List.of());
        }
        AppConfig wanted = AppConfig.of(route);
        configuration.reserve(wanted);
        try {
            boolean same = configuration.of(app).equals(Optional.of(wanted));
            if (!same) {
                out.step("Creating http nginx.conf");
                demandFree(wanted);
                try {
                    configuration.demandValid(wanted);
                } catch (UserError refused) {
                    removeEmptyLogs(app);
                    throw refused;
                }
            }
            Map<AppName, Optional<AppConfig>> files = new TreeMap<>();
            if (!same) {
                files.put(app, Optional.of(wanted));
                configuration.formerName(wanted).ifPresent(former -> files.put(former, Optional.empty()));
            }
            return new NginxChange(route, Optional.of(wanted), files, targets.stage(route));
        } catch (Exception failure) {
            configuration.release(wanted);
            throw failure;
        }
    }

    /// nginx' own validation does not notice a port that another program has.
    private void demandFree(AppConfig wanted) throws IOException {
        if (master.isRunning()) {
            Set<Integer> ours = configuration.ports();
            Set<Integer> taken = sockets.listening();
            for (Listen listen : wanted.listens()) {
                if (!ours.contains(listen.port()) && taken.contains(listen.port())) {
                    throw new UserError("Port " + listen.port() + " of this host is used by another program already. Choose another one"
                            + (listen.port() == configuration.port() ? " with proxy:set --global proxy-port <port>"
                                    : " with ports:set " + wanted.app() + " http:<host-port>:<container-port>"));
                }
            }
        }
    }

    /// Validation makes nginx open the log files that a configuration names.
    private void removeEmptyLogs(AppName app) throws IOException {
        if (configuration.of(app).isEmpty()) {
            for (Path log : List.of(folder.accessLog(app), folder.errorLog(app))) {
                if (Files.exists(log) && Files.size(log) == 0) {
                    Files.deleteIfExists(log);
                }
            }
        }
    }

    @Override
    public void unroute(AppName app) throws Exception {
        if (configuration.of(app).isPresent()) {
            commits.commit(Map.of(app, Optional.empty()));
        }
        targets.remove(app);
    }

    @Override
    public Set<AppName> routed() throws IOException {
        return configuration.apps();
    }

    @Override
    public boolean awaitDrained(List<Endpoint> former, Duration limit) throws InterruptedException {
        return new Drain(sockets).await(former.stream().map(Targets::address).collect(Collectors.toSet()), limit);
    }

    /// @param files what changes in the configuration; nothing when only addresses do
    private final class NginxChange implements Change {
        private final Route route;
        private final Optional<AppConfig> wanted;
        private final Map<AppName, Optional<AppConfig>> files;
        private final List<Targets.Staged> staged;

        NginxChange(Route route, Optional<AppConfig> wanted, Map<AppName, Optional<AppConfig>> files, List<Targets.Staged> staged) {
            this.route = route;
            this.wanted = wanted;
            this.files = files;
            this.staged = staged;
        }

        @Override
        public void commit() throws Exception {
            List<Targets.Staged> swapped = new ArrayList<>();
            try {
                for (Targets.Staged each : staged) {
                    each.swap();
                    swapped.add(each);
                }
                if (files.isEmpty()) {
                    commits.ensureServing();
                } else if (wanted.isPresent() || configuration.of(route.app().name()).isPresent()) {
                    carryLogs(true);
                    commits.commit(files);
                }
            } catch (Exception failure) {
                for (Targets.Staged each : swapped) {
                    each.undo();
                }
                try {
                    carryLogs(false);
                } catch (IOException second) {
                    failure.addSuppressed(second);
                }
                staged.forEach(Targets.Staged::discard);
                throw failure;
            } finally {
                wanted.ifPresent(configuration::release);
            }
            staged.forEach(Targets.Staged::release);
            former().ifPresent(targets::retire);
            if (wanted.isEmpty()) {
                targets.remove(route.app().name());
            }
        }

        /// The name that the app had until now.
        private Optional<AppName> former() {
            return files.keySet().stream().filter(name -> !name.equals(route.app().name())).findFirst();
        }

        private void carryLogs(boolean forth) throws IOException {
            AppName app = route.app().name();
            if (former().isPresent()) {
                logs.carry(forth ? former().get() : app, forth ? app : former().get());
            }
        }

        @Override
        public void discard() {
            wanted.ifPresent(configuration::release);
            staged.forEach(Targets.Staged::discard);
        }
    }
}
