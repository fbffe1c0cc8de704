package hokku.api;

/// What a key may do; each level includes the ones before it.
public enum Access {
    /// Look: lists, reports, logs.
    READ,
    /// Restart, stop, scale, run: nothing that changes what is deployed.
    OPERATE,
    /// Push, configure, create and destroy apps.
    DEPLOY,
    /// Keys, plugins and everything that concerns the whole server.
    ADMIN;

    public boolean allows(Access needed) {
        return compareTo(needed) >= 0;
    }

    @Override
    public String toString() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
