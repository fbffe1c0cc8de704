package hokku.postgres;

import hokku.api.Contributions;
import hokku.api.Plugin;
import hokku.api.PluginContext;

/// PostgreSQL databases: `postgres:create`, `postgres:link` and their kin.
public final class PostgresPlugin implements Plugin {
    @Override
    public void contribute(PluginContext context, Contributions to) {
        to.datastore(new Postgres());
    }
}
