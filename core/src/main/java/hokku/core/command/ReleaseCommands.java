package hokku.core.command;

import hokku.api.Access;
import hokku.api.AppName;
import hokku.api.Contributions;
import hokku.api.Live;
import hokku.api.Plugin;
import hokku.api.PluginContext;
import hokku.api.Release;
import hokku.api.UserError;
import hokku.api.spi.Session;
import hokku.core.deploy.LiveApps;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import picocli.CommandLine.Mixin;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;

/// The commands about what was deployed: `releases:*`, `url`, `urls`.
public final class ReleaseCommands implements Plugin {
    private final LiveApps apps;

    public ReleaseCommands(LiveApps apps) {
        this.apps = apps;
    }

    @Override
    public void contribute(PluginContext context, Contributions to) {
        to.command(ListAll::new);
        to.command(Info::new);
        to.command(Rollback::new);
        to.command(Url::new);
        to.command(Urls::new);
    }

    private static SequencedMap<String, Object> fields(LiveApps.Past past) {
        Release release = past.release();
        SequencedMap<String, Object> fields = new LinkedHashMap<>();
        fields.put("release", release.number());
        fields.put("state", past.live() ? "live" : past.last().isPresent() ? "former" : "failed");
        fields.put("commit", release.commit());
        fields.put("by", release.by());
        fields.put("made", release.at().truncatedTo(ChronoUnit.SECONDS).toString());
        fields.put("live-at", past.last().map(at -> at.truncatedTo(ChronoUnit.SECONDS)).map(Instant::toString).orElse(""));
        return fields;
    }

    @CommandLine.Command(name = "releases:list", description = "List the releases of an app, the newest first")
    final class ListAll extends AppCommand {
        @Mixin
        private final OutputFormat format = new OutputFormat();

        @Override
        public Access access() {
            return Access.READ;
        }

        @Override
        public void run(Session session) {
            List<LiveApps.Past> releases = apps.releases(name()).reversed();
            if (format.isJson()) {
                session.json(releases.stream().map(ReleaseCommands::fields).toList());
                return;
            }
            session.out().milestone(name() + " releases");
            if (releases.isEmpty()) {
                session.print("None yet: push a repository to make one");
                return;
            }
            session.print("%-8s %-7s %-9s %-21s %s".formatted("RELEASE", "STATE", "COMMIT", "MADE", "BY"));
            releases.forEach(past -> {
                Map<String, Object> fields = fields(past);
                session.print("%-8s %-7s %-9s %-21s %s".formatted(fields.get("release"), fields.get("state"),
                        past.release().commit().substring(0, Math.min(8, past.release().commit().length())), fields.get("made"), fields.get("by")));
            });
        }
    }

    @CommandLine.Command(name = "releases:info", description = "Show one release of an app")
    final class Info extends AppCommand {
        @Parameters(index = "1", arity = "0..1", paramLabel = "<release>", description = "Number of the release; the live one without it")
        private Integer number;
        @Mixin
        private final OutputFormat format = new OutputFormat();

        @Override
        public Access access() {
            return Access.READ;
        }

        @Override
        public void run(Session session) {
            LiveApps.Past past = apps.releases(name()).stream()
                    .filter(each -> number == null ? each.live() : each.release().number() == number).findFirst()
                    .orElseThrow(() -> new UserError(number == null ? "App " + name() + " has not been deployed"
                            : "Release " + number + " of " + name() + " does not exist. See releases:list " + name()));
            SequencedMap<String, Object> fields = fields(past);
            Release release = past.release();
            fields.put("builder", release.builder());
            fields.put("image", release.image());
            fields.put("tag", release.tag());
            fields.put("processes", release.processes().keySet().stream().map(Object::toString).toList());
            fields.put("ports", release.ports());
            fields.put("variables", release.env().keys().stream().map(Object::toString).toList());
            if (format.isJson()) {
                session.json(fields);
                return;
            }
            session.out().milestone(name() + " release " + release.number());
            fields.forEach((field, value) -> session.print("       %-12s %s".formatted(field + ":", value instanceof List<?> list
                    ? String.join(" ", list.stream().map(Object::toString).toList()) : value)));
        }
    }

    @CommandLine.Command(name = "releases:rollback", description = "Bring back the code and variables of an earlier release")
    final class Rollback extends AppCommand {
        @Parameters(index = "1", arity = "0..1", paramLabel = "<release>", description = "Number of the release; the one before without it")
        private Integer number;

        @Override
        public Access access() {
            return Access.DEPLOY;
        }

        @Override
        public List<String> audited() {
            return number == null ? List.of() : List.of("release=" + number);
        }

        @Override
        public void run(Session session) throws Exception {
            Live live = apps.rollback(name(), Optional.ofNullable(number), session.identity(), session.out());
            session.out().milestone("Release " + live.deployment().release().number() + " is live:");
            live.urls().forEach(session.out()::detail);
        }
    }

    @CommandLine.Command(name = "url", description = "Show the first URL of an app")
    final class Url extends AppCommand {
        @Override
        public Access access() {
            return Access.READ;
        }

        @Override
        public void run(Session session) {
            session.print(urls(name()).getFirst());
        }
    }

    @CommandLine.Command(name = "urls", description = "Show all URLs of an app")
    final class Urls extends AppCommand {
        @Mixin
        private final OutputFormat format = new OutputFormat();

        @Override
        public Access access() {
            return Access.READ;
        }

        @Override
        public void run(Session session) {
            if (format.isJson()) {
                session.json(apps.urls(name()));
                return;
            }
            urls(name()).forEach(session::print);
        }
    }

    private List<String> urls(AppName name) {
        LiveApps.deployed(apps.get(name));
        List<String> urls = apps.urls(name);
        if (urls.isEmpty()) {
            throw new UserError("App " + name + " has no URL: " + apps.unreachable(name));
        }
        return urls;
    }
}
