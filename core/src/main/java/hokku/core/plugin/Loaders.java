package hokku.core.plugin;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.pf4j.ClassLoadingStrategy;
import org.pf4j.JarPluginLoader;
import org.pf4j.JarPluginManager;
import org.pf4j.PluginClassLoader;
import org.pf4j.PluginDescriptor;
import org.pf4j.PluginLoader;
import org.pf4j.PluginWrapper;

/// The class loaders of one snapshot, by PF4J: a plugin's loader also asks those of the plugins it depends on.
///
/// Plugins are never started the way PF4J would: no type of its is known to them.
final class Loaders implements AutoCloseable {
    private final Manager manager;

    Loaders(Path copies, String apiVersion) {
        manager = new Manager(copies);
        // Without it PF4J checks no requirement at all.
        manager.setSystemVersion(apiVersion);
    }

    /// Opens a jar whose dependencies are open already.
    ClassLoader open(Path jar) throws UnsoundPlugin {
        try {
            return manager.getPluginClassLoader(manager.loadPlugin(jar));
        } catch (RuntimeException e) {
            throw new UnsoundPlugin("cannot be opened (" + e.getMessage() + ")", e);
        }
    }

    /// Closes one plugin's loader, if it was opened.
    void close(String plugin) {
        manager.unload(plugin);
    }

    @Override
    public void close() {
        List<PluginWrapper> loaded = new ArrayList<>(manager.getPlugins());
        loaded.forEach(plugin -> manager.unload(plugin.getPluginId()));
    }

    private static final class Manager extends JarPluginManager {
        Manager(Path folder) {
            super(folder);
        }

        /// Leaves dependents and the resolver alone, which fails where nothing was ever resolved.
        private void unload(String plugin) {
            unloadPlugin(plugin, false, false);
        }

        /// Called from the constructor of the superclass: no field of this class is set yet.
        @Override
        protected PluginLoader createPluginLoader() {
            return new JarPluginLoader(this) {
                @Override
                protected PluginClassLoader createPluginClassLoader(Path jar, PluginDescriptor descriptor) {
                    return new PluginClassLoader(pluginManager, descriptor, new ApiOnlyClassLoader(Loaders.class.getClassLoader()),
                            ClassLoadingStrategy.ADP);
                }
            };
        }
    }
}
