package hokku.nginx;

import hokku.api.Endpoint;
import hokku.api.spi.Proxy;
import hokku.testkit.ProxyContract;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// The real nginx keeps the contract of a proxy.
final class NginxProxyIT extends ProxyContract {
    private final List<Container> containers = new ArrayList<>();
    private TestNginx nginx;

    @BeforeEach
    void load(@TempDir Path folder) throws Exception {
        nginx = TestNginx.load(folder);
    }

    @AfterEach
    void end() throws Exception {
        nginx.close();
        containers.forEach(Container::close);
    }

    @Override
    protected Proxy proxy() {
        return nginx.proxy();
    }

    @Override
    protected int port() {
        return nginx.port;
    }

    @Override
    protected Endpoint container(String answer) {
        Container container = new Container(answer);
        containers.add(container);
        return container.endpoint();
    }

    @Override
    protected String ask(String host) throws Exception {
        if (nginx.master().isEmpty()) {
            return UNKNOWN;
        }
        Client.Answer answer = Client.get(nginx.port, host, "/");
        return switch (answer.status()) {
            case 404 -> UNKNOWN;
            case 502 -> DOWN;
            default -> answer.body();
        };
    }
}
