package hokku.core.deploy;

import hokku.core.plugin.Snapshots;
import java.util.List;

/// Finishes or takes back what a crash cut in two, as soon as the engine answers. May be tried several times.
interface Repair {
    void repair(Snapshots.Lease lease) throws InterruptedException;

    /// One after the other.
    static Repair of(List<Repair> all) {
        return lease -> {
            for (Repair each : all) {
                each.repair(lease);
            }
        };
    }
}
