package hokku.core.plugin;

import hokku.api.Contributions;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/// Plugins without jars: what a test contributes in their names is the one snapshot that there is, and may grow.
public final class TestPlugins implements Snapshots {
    private final Map<String, String> taken = new HashMap<>();
    private final Map<String, Draft> plugins = new LinkedHashMap<>();
    private final AtomicInteger leases = new AtomicInteger();

    /// Takes what the plugin of that id contributes.
    public Contributions plugin(String id) {
        return plugins.computeIfAbsent(id, name -> new Draft(name, taken, datastore -> Derivation.NOTHING));
    }

    public Registry registry() {
        return SnapshotRegistry.of(List.copyOf(plugins.values()));
    }

    /// How many leases are open.
    public int leases() {
        return leases.get();
    }

    @Override
    public Lease lease() {
        leases.incrementAndGet();
        return new Lease() {
            @Override
            public Registry registry() {
                return TestPlugins.this.registry();
            }

            @Override
            public Lease again() {
                return lease();
            }

            @Override
            public void close() {
                leases.decrementAndGet();
            }
        };
    }
}
