package hokku.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hokku.api.App;
import hokku.api.AppId;
import hokku.api.AppName;
import hokku.api.Domain;
import hokku.api.Endpoint;
import hokku.api.Global;
import hokku.api.PortMapping;
import hokku.api.Route;
import hokku.api.UserError;
import hokku.api.spi.Proxy;
import hokku.api.spi.Proxy.Change;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What every proxy does, whatever it is made of.
public abstract class ProxyContract {
    /// What [#ask] gives for a name that no app has.
    public static final String UNKNOWN = "unknown";
    /// What [#ask] gives for an app of which no container answers.
    public static final String DOWN = "down";

    private final RecordingOutput out = new RecordingOutput();

    protected abstract Proxy proxy() throws Exception;

    /// The port that the proxy is asked on.
    protected abstract int port();

    /// A container that answers every request with a text, on its port 5000.
    protected abstract Endpoint container(String answer) throws Exception;

    /// What a request for the name is answered with: the container's text, [#UNKNOWN] or [#DOWN].
    protected abstract String ask(String host) throws Exception;

    /// An app of this name, with nothing set.
    protected App app(String name) {
        return App.create(AppName.of(name), AppId.random(), Instant.EPOCH, Global.EMPTY);
    }

    protected final Route route(App app, String domain, Endpoint... containers) {
        return Route.of(app, Stream.of(domain.split(" ")).map(Domain::of).toList(), List.of(PortMapping.of("http", port(), 5000)),
                List.of(containers));
    }

    protected final Change prepare(Route route) throws Exception {
        return proxy().prepare(route, out);
    }

    protected final Change commit(Route route) throws Exception {
        Change change = prepare(route);
        change.commit();
        return change;
    }

    @Test
    void aRouteIsLiveOnceItIsCommittedAndNotBefore() throws Exception {
        Change change = prepare(route(app("hello"), "hello.test www.hello.test", container("one")));
        assertThat(ask("hello.test")).isEqualTo(UNKNOWN);
        change.commit();
        assertThat(ask("hello.test")).isEqualTo("one");
        assertThat(ask("www.hello.test")).isEqualTo("one");
        assertThat(ask("other.test")).isEqualTo(UNKNOWN);
        assertThat(proxy().routed()).containsExactly(AppName.of("hello"));
    }

    @Test
    void aCommitReplacesTheFormerRoute() throws Exception {
        App app = app("hello");
        Endpoint former = container("one");
        commit(route(app, "hello.test", former));
        commit(route(app, "hello.test", container("two")));
        assertThat(ask("hello.test")).isEqualTo("two");
        assertThat(proxy().awaitDrained(List.of(former), Duration.ofSeconds(10))).isTrue();
    }

    @Test
    void aDiscardedChangeLeavesTheFormerRoute() throws Exception {
        App app = app("hello");
        commit(route(app, "hello.test", container("one")));
        prepare(route(app, "new.test", container("two"))).discard();
        assertThat(ask("hello.test")).isEqualTo("one");
        assertThat(ask("new.test")).isEqualTo(UNKNOWN);
    }

    @Test
    void domainsComeAndGoWithTheRoute() throws Exception {
        App app = app("hello");
        Endpoint container = container("one");
        commit(route(app, "hello.test", container));
        commit(route(app, "new.test", container));
        assertThat(ask("hello.test")).isEqualTo(UNKNOWN);
        assertThat(ask("new.test")).isEqualTo("one");
    }

    @Test
    void anAppWithoutContainersIsKnownAndDown() throws Exception {
        App app = app("hello");
        commit(route(app, "hello.test"));
        assertThat(ask("hello.test")).isEqualTo(DOWN);
        commit(route(app, "hello.test", container("one")));
        assertThat(ask("hello.test")).isEqualTo("one");
        commit(route(app, "hello.test"));
        assertThat(ask("hello.test")).isEqualTo(DOWN);
    }

    @Test
    void theSameRouteMayBeCommittedAgain() throws Exception {
        Route route = route(app("hello"), "hello.test", container("one"));
        commit(route);
        commit(route);
        assertThat(ask("hello.test")).isEqualTo("one");
    }

    @Test
    void anUnroutedAppIsUnknownAndUnroutingTwiceDoesNothing() throws Exception {
        commit(route(app("hello"), "hello.test", container("one")));
        commit(route(app("other"), "other.test", container("other")));
        proxy().unroute(AppName.of("hello"));
        proxy().unroute(AppName.of("hello"));
        assertThat(ask("hello.test")).isEqualTo(UNKNOWN);
        assertThat(ask("other.test")).isEqualTo("other");
        assertThat(proxy().routed()).containsExactly(AppName.of("other"));
    }

    @Test
    void aDomainOfAnotherAppIsRefusedAndStaysWithIt() throws Exception {
        commit(route(app("hello"), "hello.test", container("one")));
        Route thief = route(app("thief"), "thief.test hello.test", container("two"));
        assertThatThrownBy(() -> prepare(thief)).isInstanceOf(UserError.class).hasMessageContaining("hello.test").hasMessageContaining("app hello");
        assertThat(ask("hello.test")).isEqualTo("one");
        assertThat(ask("thief.test")).isEqualTo(UNKNOWN);
    }

    @Test
    void aRenamedAppKeepsItsDomain() throws Exception {
        App app = app("hello");
        commit(route(app, "hello.test", container("one")));
        commit(route(app.withName(AppName.of("renamed")), "hello.test", container("two")));
        proxy().unroute(AppName.of("hello"));
        assertThat(ask("hello.test")).isEqualTo("two");
        assertThat(proxy().routed()).containsExactly(AppName.of("renamed"));
    }
}
