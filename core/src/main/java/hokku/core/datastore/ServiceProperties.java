package hokku.core.datastore;

import hokku.api.Service;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// The networks of a service besides those of linked apps. It joins all of them before it starts, so nothing is missed; which of Dokku's two
/// properties named one is kept for those who read it.
public final class ServiceProperties {
    private static final String AFTER_START = "post-start-network";

    private ServiceProperties() {}

    public static List<String> networksAfterCreation(Service service) {
        List<String> networks = new ArrayList<>(service.networks());
        networks.removeAll(networksAfterStart(service));
        return networks;
    }

    public static List<String> networksAfterStart(Service service) {
        return service.setting(AFTER_START).map(text -> List.of(text.split(","))).orElse(List.of());
    }

    public static Service withNetworksAfterCreation(Service service, List<String> networks) {
        return with(service, networks, networksAfterStart(service));
    }

    public static Service withNetworksAfterStart(Service service, List<String> networks) {
        return with(service, networksAfterCreation(service), networks);
    }

    private static Service with(Service service, List<String> afterCreation, List<String> afterStart) {
        Set<String> all = new LinkedHashSet<>(afterCreation);
        all.addAll(afterStart);
        return service.withNetworks(List.copyOf(all)).withSetting(AFTER_START, String.join(",", afterStart));
    }

    /// One service in all the networks that another one was given.
    static Service networksOf(Service original, Service other) {
        return with(other, networksAfterCreation(original), networksAfterStart(original))
                .withSetting(Services.INITIAL_NETWORK, original.setting(Services.INITIAL_NETWORK).orElse(""));
    }
}
