package hokku.api.spi;

import hokku.api.AppName;
import hokku.api.Endpoint;
import hokku.api.Output;
import hokku.api.Route;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/// Leads requests from outside to containers. Safe for use by several threads.
public interface Proxy {
    /// What `proxy:set <app> <name>` calls it.
    String name();

    /// Prepares a route: rendered and validated, with nothing live yet. A bad route is refused here, so that no app can take
    /// another one down.
    ///
    /// @throws hokku.api.UserError when the proxy would not take it
    Change prepare(Route route, Output out) throws Exception;

    /// Removes an app's route; its names then answer like unknown ones. Does nothing when there is none.
    void unroute(AppName app) throws Exception;

    /// The apps that have a route.
    Set<AppName> routed() throws Exception;

    /// Waits until no request that was led there is still being served, at the most so long. New ones are led elsewhere already.
    ///
    /// @param former where containers answer that are about to end
    /// @return whether that came true in time
    boolean awaitDrained(List<Endpoint> former, Duration limit) throws InterruptedException;

    /// A route that is ready to go live. One of [#commit] and [#discard] is called, once.
    interface Change {
        /// Makes it live; returns when new connections are led by it. A failure leaves the former route live.
        void commit() throws Exception;

        /// Drops it.
        void discard();
    }
}
