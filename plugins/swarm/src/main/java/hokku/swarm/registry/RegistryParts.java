package hokku.swarm.registry;

import hokku.api.App;
import hokku.api.Apps;
import hokku.api.Contributions;
import hokku.api.Engine;
import hokku.api.PluginContext;
import hokku.api.hook.AppEvent;
import hokku.api.hook.PostRelease;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Puts together what has to do with registries.
public final class RegistryParts {
    private static final Logger LOG = LoggerFactory.getLogger(RegistryParts.class);

    private RegistryParts() {}

    /// Adds the commands and settings of the group `registry`, and what follows from them.
    public static Publisher contribute(PluginContext context, Contributions to) throws IOException {
        Engine engine = context.engine();
        Apps apps = context.apps();
        Path folder = Files.createDirectories(context.folder().resolve("registry"));
        // Many may push at a time; whoever removes something from a registry is alone.
        ReadWriteLock lock = new ReentrantReadWriteLock();
        Logins logins = new Logins(context);
        PushedImages pushed = new PushedImages(Files.createDirectories(folder.resolve("pushed")), context.json());
        Sweep sweep = new Sweep(engine, apps, pushed);
        OwnRegistry own = new OwnRegistry(engine, apps, new OwnFiles(folder, "Hokku registry " + engine.instance()), Clock.systemUTC(), sweep::forgetOwn);
        RegistryUpkeep upkeep = new RegistryUpkeep(own, sweep, new PrivateFile(folder.resolve("collected")), lock.writeLock());
        Registry registry = new Registry(engine, apps, new Places(logins, own), pushed, lock.readLock());
        RegistrySettings.contribute(to);
        to.report(new RegistryReport(pushed, own));
        to.command(() -> new RegistryLogin(engine, logins));
        to.command(() -> new RegistryLogout(logins));
        to.command(() -> new RegistryTrustCommand(own));
        to.job(upkeep);
        to.hook(PostRelease.class, (release, out) -> {
            App app = apps.get(release.app());
            if (app.value(RegistrySettings.PUSH_ON_RELEASE).orElseThrow()) {
                registry.publish(app, release.number(), release.image(), out);
            }
        });
        to.listener(event -> {
            if (event instanceof AppEvent.Destroyed) {
                Thread.ofVirtual().name("sweep registry").start(() -> sweep(upkeep, event));
            }
        });
        return registry;
    }

    private static void sweep(RegistryUpkeep upkeep, AppEvent destroyed) {
        try {
            upkeep.sweep();
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException failed) {
            LOG.warn("Images of {} are still in the registry, the next upkeep tries again: {}", destroyed.app(), failed.getMessage());
        }
    }
}
