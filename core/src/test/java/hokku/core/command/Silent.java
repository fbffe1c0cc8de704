package hokku.core.command;

import hokku.api.Contributions;
import hokku.api.Plugin;
import hokku.api.PluginContext;

/// A plugin that contributes nothing.
public final class Silent implements Plugin {
    @Override
    public void contribute(PluginContext context, Contributions to) {}
}
