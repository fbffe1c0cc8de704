package hokku.core.command;

import hokku.api.Access;
import hokku.api.AppName;
import hokku.api.Apps;
import hokku.api.Apps.Restart;
import hokku.api.Contributions;
import hokku.api.Output;
import hokku.api.UserError;
import hokku.api.spi.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `proxy:*`: whether apps are reached through a proxy, and making its config anew.
final class ProxyCommands {
    private final Apps apps;

    ProxyCommands(Apps apps) {
        this.apps = apps;
    }

    void contribute(Contributions to) {
        to.command(Enable::new);
        to.command(Disable::new);
        to.command(BuildConfig::new);
    }

    /// A command about one app, or with `--all` about each.
    private abstract class ForAppOrAll implements hokku.api.spi.Command {
        @Option(names = "--all", description = "Do it for every app")
        private boolean all;

        @Parameters(index = "0", arity = "0..1", defaultValue = "", paramLabel = "<app>", description = "The app")
        private String app;

        @Override
        public final Access access() {
            return all ? Access.ADMIN : Access.DEPLOY;
        }

        @Override
        public final Optional<AppName> app() {
            return all ? Optional.empty() : Optional.of(AppName.of(app));
        }

        /// One app that fails does not keep the others from their turn.
        @Override
        public final void run(Session session) throws InterruptedException {
            if (!all) {
                run(AppName.of(app), session.out());
                return;
            }
            List<AppName> failed = new ArrayList<>();
            for (AppName name : apps.list()) {
                try {
                    run(name, session.out());
                } catch (UserError e) {
                    session.out().warn(name + ": " + e.getMessage());
                    failed.add(name);
                }
            }
            if (!failed.isEmpty()) {
                throw new UserError("Failed for " + failed.stream().map(AppName::value).collect(Collectors.joining(", ")));
            }
        }

        abstract void run(AppName name, Output out) throws InterruptedException;
    }

    @Command(name = "proxy:enable", description = "Let an app be reached through the proxy")
    final class Enable extends ForAppOrAll {
        @Override
        void run(AppName name, Output out) throws InterruptedException {
            if (apps.get(name).proxied()) {
                out.step("Proxy is already enabled for app (" + name + ")");
                return;
            }
            out.step("Enabling proxy for app (" + name + ")");
            apps.change(name, app -> app.withProxied(true), Restart.IF_NEEDED, out);
        }
    }

    @Command(name = "proxy:disable", description = "Keep an app from being reached through the proxy")
    final class Disable extends ForAppOrAll {
        @Override
        void run(AppName name, Output out) throws InterruptedException {
            if (!apps.get(name).proxied()) {
                out.step("Proxy is already disabled for app (" + name + ")");
                return;
            }
            out.step("Disabling proxy for app (" + name + ")");
            apps.change(name, app -> app.withProxied(false), Restart.IF_NEEDED, out);
        }
    }

    @Command(name = "proxy:build-config", description = "Make the proxy's config of an app anew")
    final class BuildConfig extends ForAppOrAll {
        @Override
        void run(AppName name, Output out) throws InterruptedException {
            out.step("Building proxy config for " + name);
            // A change that leaves the app as it is makes its route anew.
            apps.change(name, app -> app, Restart.NEVER, out);
        }
    }
}
