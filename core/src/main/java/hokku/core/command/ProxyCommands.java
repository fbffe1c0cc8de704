package hokku.core.command;

import hokku.api.Access;
import hokku.api.AppName;
import hokku.api.Apps;
import hokku.api.Apps.Restart;
import hokku.api.Contributions;
import hokku.api.Output;
import hokku.api.spi.Session;
import picocli.CommandLine.Command;

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

    @Command(name = "proxy:enable", description = "Let an app be reached through the proxy")
    final class Enable extends AppOrAllCommand {
        Enable() {
            super(apps, Access.DEPLOY);
        }

        @Override
        void act(AppName name, Session session) throws InterruptedException {
            Output out = session.out();
            if (apps.get(name).proxied()) {
                out.step("Proxy is already enabled for app (" + name + ")");
                return;
            }
            out.step("Enabling proxy for app (" + name + ")");
            apps.change(name, app -> app.withProxied(true), Restart.IF_NEEDED, out);
        }
    }

    @Command(name = "proxy:disable", description = "Keep an app from being reached through the proxy")
    final class Disable extends AppOrAllCommand {
        Disable() {
            super(apps, Access.DEPLOY);
        }

        @Override
        void act(AppName name, Session session) throws InterruptedException {
            Output out = session.out();
            if (!apps.get(name).proxied()) {
                out.step("Proxy is already disabled for app (" + name + ")");
                return;
            }
            out.step("Disabling proxy for app (" + name + ")");
            apps.change(name, app -> app.withProxied(false), Restart.IF_NEEDED, out);
        }
    }

    @Command(name = "proxy:build-config", description = "Make the proxy's config of an app anew")
    final class BuildConfig extends AppOrAllCommand {
        BuildConfig() {
            super(apps, Access.DEPLOY);
        }

        @Override
        void act(AppName name, Session session) throws InterruptedException {
            Output out = session.out();
            out.step("Building proxy config for " + name);
            // A change that leaves the app as it is makes its route anew.
            apps.change(name, app -> app, Restart.NEVER, out);
        }
    }
}
