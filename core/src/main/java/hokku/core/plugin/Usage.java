package hokku.core.plugin;

import hokku.api.AppName;
import hokku.api.ServiceName;
import java.util.List;
import java.util.Locale;

/// Knows which apps, and which services, need what a plugin provides.
@FunctionalInterface
public interface Usage {
    /// What an app selects one of, by name.
    enum Kind {
        BUILDER, SCHEDULER, PROXY;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// The apps that could not go on without the provider of that name.
    List<AppName> apps(Kind kind, String name);

    /// The services of a datastore, whose data nobody could get at without it.
    default List<ServiceName> services(String datastore) {
        return List.of();
    }
}
