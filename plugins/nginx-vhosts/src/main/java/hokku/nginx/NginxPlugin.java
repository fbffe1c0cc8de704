package hokku.nginx;

import hokku.api.Apps;
import hokku.api.Contributions;
import hokku.api.Global;
import hokku.api.Plugin;
import hokku.api.PluginContext;
import hokku.api.UserError;
import hokku.api.hook.AppEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Leads requests to apps by their domains, with an nginx that it manages.
public final class NginxPlugin implements Plugin {
    /// Names the user that a service of its own runs nginx as; unset, the plugin starts nginx itself, as its own user.
    static final String USER_VARIABLE = "HOKKU_NGINX_USER";

    private static final Logger LOG = LoggerFactory.getLogger(NginxPlugin.class);
    private static final String PROXY_PORT = "proxy.proxy-port";
    private static final Pattern USER = Pattern.compile("[a-z_][a-z0-9_-]{0,31}");
    private static final Pattern OPEN_FILES = Pattern.compile("(?m)^Max open files\\s+\\S+\\s+(\\S+)");
    private static final long MOST_FILES = 65_536;
    private static final Path PROC = Path.of("/proc");

    @Override
    public void contribute(PluginContext context, Contributions to) throws Exception {
        contribute(context, to, Optional.ofNullable(System.getenv(USER_VARIABLE)).filter(user -> !user.isBlank()));
    }

    void contribute(PluginContext context, Contributions to, Optional<String> user) throws Exception {
        user.ifPresent(name -> {
            if (!USER.matcher(name).matches()) {
                throw new UserError(USER_VARIABLE + " is not the name of a user: " + name);
            }
        });
        Folder folder = Folder.open(context.folder().toAbsolutePath());
        Program program = new Program(folder, user);
        Master master = new Master(folder, PROC);
        Sockets sockets = new Sockets(PROC);
        Configuration configuration = new Configuration(folder, program, mainConfig(user, sockets), () -> port(context.apps().global()));
        Generation generation = new Generation(folder, program, master);
        Commits commits = new Commits(configuration, generation, program, master);
        Targets targets = new Targets(folder);
        configuration.load().forEach((file, reason) -> LOG.error("{} is not a configuration that Hokku wrote and was set aside: {}", file, reason));
        targets.sweep(configuration.all());
        if (!configuration.apps().isEmpty()) {
            takeUp(configuration, commits);
        }
        Logs logs = new Logs(folder, program, master);
        NginxProxy proxy = new NginxProxy(folder, configuration, commits, targets, sockets, master, logs);
        to.proxy(proxy);
        NginxSettings.all().forEach(to::setting);
        to.report(new NginxReport(folder, configuration, master));
        to.job(logs);
        to.examination(new NginxExamination(folder, program, configuration, master, sockets, PROC));
        to.listener(event -> {
            switch (event) {
                case AppEvent.Destroyed gone -> logs.remove(gone.app());
                case AppEvent.Renamed renamed -> follow(logs, renamed, context.apps());
                default -> { }
            }
        });
        to.command(() -> new ShowConfig(configuration));
        to.command(() -> new ValidateConfig(configuration));
        to.command(() -> new Reload(commits));
        to.command(() -> new AccessLogs(folder));
        to.command(() -> new ErrorLogs(folder));
    }

    /// The event may come again after a crash, when the former name has another app already.
    private static void follow(Logs logs, AppEvent.Renamed renamed, Apps apps) {
        if (apps.find(renamed.former()).isEmpty()) {
            try {
                logs.carry(renamed.former(), renamed.app());
            } catch (IOException failure) {
                throw new UncheckedIOException("The logs of " + renamed.app() + " have its former name still", failure);
            }
            logs.remove(renamed.former());
        }
    }

    /// Brings nginx to what the files say. What goes wrong here must not keep the server from starting: the apps are routed again
    /// after the start, and whoever deploys meanwhile is told.
    private static void takeUp(Configuration configuration, Commits commits) throws InterruptedException {
        try {
            if (commits.isServing()) {
                return;
            }
            configuration.setAsideWhatNginxRefuses().forEach((app, reason) ->
                    LOG.error("nginx refuses the configuration of app {}, which was set aside until the app is routed again: {}", app, reason));
            commits.takeUp();
        } catch (InterruptedException cancelled) {
            throw cancelled;
        } catch (Exception failure) {
            LOG.error("nginx does not serve what it should: {}", failure.getMessage(), failure);
        }
    }

    private static MainConfig mainConfig(Optional<String> user, Sockets sockets) throws IOException {
        // Started by root, nginx would make its workers `nobody`, who may not read the folder. Nobody else can choose.
        String own = user.isEmpty() && System.getProperty("user.name").equals("root") ? "root" : "";
        return new MainConfig(own, sockets.knowsIpv6(), mostFiles());
    }

    private static long mostFiles() throws IOException {
        Matcher limit = OPEN_FILES.matcher(Files.readString(PROC.resolve("self/limits")));
        return limit.find() && limit.group(1).matches("[0-9]{1,18}") ? Math.min(MOST_FILES, Long.parseLong(limit.group(1))) : MOST_FILES;
    }

    /// The port of the whole server. It belongs to the setting `proxy-port`, which is not this plugin's to declare.
    private static int port(Global global) {
        String text = global.settings().getOrDefault(PROXY_PORT, "80");
        if (!text.matches("[0-9]{1,5}") || Integer.parseInt(text) < 1 || Integer.parseInt(text) > 65_535) {
            throw new UserError("The port of the proxy is not a port: " + text + ". Set it with proxy:set --global proxy-port 80");
        }
        return Integer.parseInt(text);
    }
}
