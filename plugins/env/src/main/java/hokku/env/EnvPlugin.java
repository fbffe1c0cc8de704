package hokku.env;

import hokku.api.Apps;
import hokku.api.Contributions;
import hokku.api.Plugin;
import hokku.api.PluginContext;

/// The commands around environment variables: `config`, `config:set` and their kin.
public final class EnvPlugin implements Plugin {
    @Override
    public void contribute(PluginContext context, Contributions to) {
        Apps apps = context.apps();
        to.command(() -> new ConfigShow.Short(apps));
        to.command(() -> new ConfigShow(apps));
        to.command(() -> new ConfigGet(apps));
        to.command(() -> new ConfigKeys(apps));
        to.command(() -> new ConfigExport(apps));
        to.command(() -> new ConfigBundle(apps));
        to.command(() -> new ConfigSet(apps));
        to.command(() -> new ConfigUnset(apps));
        to.command(() -> new ConfigClear(apps));
        to.command(() -> new ConfigImport(apps, context.json()));
    }
}
