package hokku.testkit;

import hokku.api.Domain;
import hokku.api.Endpoint;
import hokku.api.ProcessType;
import hokku.api.spi.Proxy;
import java.util.HashMap;
import java.util.Map;

/// The fake keeps what the contract demands of the real ones.
final class FakeProxyTest extends ProxyContract {
    private final FakeProxy proxy = new FakeProxy("fake");
    private final Map<Endpoint, String> answers = new HashMap<>();

    @Override
    protected Proxy proxy() {
        return proxy;
    }

    @Override
    protected int port() {
        return 80;
    }

    @Override
    protected Endpoint container(String answer) {
        Endpoint endpoint = Endpoint.of(ProcessType.WEB, 1, 5000, "127.0.0.1", 40_000 + answers.size());
        answers.put(endpoint, answer);
        return endpoint;
    }

    @Override
    protected String ask(String host) {
        return proxy.route(Domain.of(host)).map(route -> route.endpoints().isEmpty() ? DOWN : answers.get(route.endpoints().getFirst()))
                .orElse(UNKNOWN);
    }
}
