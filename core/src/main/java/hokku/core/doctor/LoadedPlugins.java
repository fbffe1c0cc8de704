package hokku.core.doctor;

import hokku.api.Finding;
import hokku.api.spi.Examination;
import hokku.core.plugin.PluginHost;
import hokku.core.plugin.PluginInfo;
import java.util.ArrayList;
import java.util.List;

/// Plugins that did not load.
final class LoadedPlugins implements Examination {
    private final PluginHost host;

    LoadedPlugins(PluginHost host) {
        this.host = host;
    }

    @Override
    public String name() {
        return "plugins";
    }

    @Override
    public List<Finding> examine() {
        List<Finding> findings = new ArrayList<>();
        for (PluginInfo plugin : host.plugins()) {
            if (plugin.state() == PluginInfo.State.BROKEN) {
                String name = plugin.file().isEmpty() ? plugin.id() : plugin.file();
                findings.add(Finding.wrong(name + " " + plugin.reason(),
                        "Install a version that loads (plugin:install), or remove it: plugin:uninstall " + name));
            }
        }
        long enabled = host.plugins().stream().filter(plugin -> plugin.state() == PluginInfo.State.ENABLED).count();
        return findings.isEmpty() ? List.of(Finding.well(enabled + " take part, none is broken")) : findings;
    }
}
