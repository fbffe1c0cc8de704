package hokku.redis;

import hokku.api.Contributions;
import hokku.api.Plugin;
import hokku.api.PluginContext;

/// Redis as a datastore: `redis:create`, `redis:link` and their kin.
public final class RedisPlugin implements Plugin {
    @Override
    public void contribute(PluginContext context, Contributions to) {
        to.datastore(new RedisDatastore());
    }
}
