package hokku.testkit;

import hokku.api.AppName;
import hokku.api.Domain;
import hokku.api.Endpoint;
import hokku.api.Output;
import hokku.api.Route;
import hokku.api.UserError;
import hokku.api.spi.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// A proxy in memory, for tests of what uses one. It can be told to refuse and to fail.
public final class FakeProxy implements Proxy {
    private final String name;
    private final Map<AppName, Route> live = new TreeMap<>();
    private final List<String> events = new ArrayList<>();
    private Optional<String> refusal = Optional.empty();
    private Optional<String> failure = Optional.empty();
    private boolean drained = true;

    public FakeProxy(String name) {
        this.name = name;
    }

    @Override
    public String name() {
        return name;
    }

    /// Makes every [#prepare] fail with the message, until [#recover].
    public synchronized void refuse(String message) {
        refusal = Optional.of(message);
    }

    /// Makes every commit fail with the message, until [#recover].
    public synchronized void failCommits(String message) {
        failure = Optional.of(message);
    }

    /// Makes waiting for the end of requests end without success.
    public synchronized void neverDrain() {
        drained = false;
    }

    public synchronized void recover() {
        refusal = Optional.empty();
        failure = Optional.empty();
        drained = true;
    }

    /// What is live for an app.
    public synchronized Optional<Route> route(AppName app) {
        return Optional.ofNullable(live.get(app));
    }

    /// What a request for the name would be led by.
    public synchronized Optional<Route> route(Domain domain) {
        return live.values().stream().filter(route -> route.domains().contains(domain)).findFirst();
    }

    /// What happened, in order: `prepare hello`, `commit hello`, `discard hello`, `drain 2`, `unroute hello`.
    public synchronized List<String> events() {
        return List.copyOf(events);
    }

    @Override
    public synchronized Change prepare(Route route, Output out) {
        AppName app = route.app().name();
        events.add("prepare " + app);
        refusal.ifPresent(message -> {
            throw new UserError(message);
        });
        for (Domain domain : route.domains()) {
            for (Route other : live.values()) {
                if (!other.app().id().equals(route.app().id()) && other.domains().contains(domain)) {
                    throw new UserError("Domain " + domain + " belongs to app " + other.app().name() + " already");
                }
            }
        }
        return new FakeChange(route);
    }

    @Override
    public synchronized void unroute(AppName app) {
        events.add("unroute " + app);
        live.remove(app);
    }

    @Override
    public synchronized boolean awaitDrained(List<Endpoint> former, Duration limit) {
        events.add("drain " + former.size());
        return drained;
    }

    @Override
    public synchronized Set<AppName> routed() {
        return Set.copyOf(live.keySet());
    }

    private final class FakeChange implements Change {
        private final Route route;

        FakeChange(Route route) {
            this.route = route;
        }

        @Override
        public void commit() {
            synchronized (FakeProxy.this) {
                events.add("commit " + route.app().name());
                failure.ifPresent(message -> {
                    throw new UserError(message);
                });
                live.values().removeIf(other -> other.app().id().equals(route.app().id()));
                live.put(route.app().name(), route);
            }
        }

        @Override
        public void discard() {
            synchronized (FakeProxy.this) {
                events.add("discard " + route.app().name());
            }
        }
    }
}
