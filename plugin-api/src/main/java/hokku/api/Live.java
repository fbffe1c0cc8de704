package hokku.api;

import java.util.List;

/// A deployment that serves.
///
/// @param urls where it is reached, the first one the one to show; empty when it is not routed
public record Live(Deployment deployment, List<Endpoint> endpoints, List<String> urls) {
    public Live {
        endpoints = List.copyOf(endpoints);
        urls = List.copyOf(urls);
    }

    public static Live of(Deployment deployment, List<Endpoint> endpoints, List<String> urls) {
        return new Live(deployment, endpoints, urls);
    }
}
