package hokku.core.command;

import hokku.api.Apps;
import hokku.api.Contributions;
import hokku.api.Plugin;
import hokku.api.PluginContext;

/// The commands about how apps are reached: `domains:*`, `ports:*` and `proxy:*`.
///
/// They belong to the core and not to a proxy: whatever proxy serves an app, its domains and ports are kept in the same place.
public final class RoutingCommands implements Plugin {
    @Override
    public void contribute(PluginContext context, Contributions to) {
        Apps apps = context.apps();
        new DomainCommands(apps).contribute(to);
        new GlobalDomainCommands(apps).contribute(to);
        new PortCommands(apps).contribute(to);
        new ProxyCommands(apps).contribute(to);
        to.report(new RoutingReports.Domains(apps));
        to.report(new RoutingReports.Ports());
        to.report(new RoutingReports.Proxy());
    }
}
