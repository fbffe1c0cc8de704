package hokku.core.plugin;

/// Hands out the snapshot of plugins that is in force. Safe for use by several threads.
public interface Snapshots {
    /// The snapshot in force. Whoever took it keeps using it, whatever is reloaded meanwhile, until the lease is closed.
    Lease lease();

    /// Keeps the plugins of a snapshot open.
    interface Lease extends AutoCloseable {
        Registry registry();

        /// One more lease of the same snapshot, for what goes on when this one is closed.
        Lease again();

        /// Safe to call more than once.
        @Override
        void close();
    }
}
