package hokku.nginx;

import hokku.api.App;
import hokku.api.AppId;
import hokku.api.AppName;
import hokku.api.Domain;
import hokku.api.Endpoint;
import hokku.api.Global;
import hokku.api.PortMapping;
import hokku.api.ProcessType;
import hokku.api.Route;
import hokku.api.Setting;
import hokku.api.spi.Proxy.Change;
import hokku.testkit.RecordingOutput;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// A real nginx with two apps to route to.
abstract class NginxFixture {
    final App app = App.create(AppName.of("hello"), AppId.random(), Instant.EPOCH, Global.EMPTY);
    final App other = App.create(AppName.of("other"), AppId.random(), Instant.EPOCH, Global.EMPTY);
    final List<Container> containers = new ArrayList<>();
    final RecordingOutput out = new RecordingOutput();
    Path home;
    TestNginx nginx;

    @BeforeEach
    void load(@TempDir Path folder) throws Exception {
        home = folder;
        nginx = TestNginx.load(home);
    }

    @AfterEach
    void end() throws Exception {
        nginx.close();
        containers.forEach(Container::close);
    }

    Endpoint container(String answer) {
        Container container = new Container(answer);
        containers.add(container);
        return container.endpoint();
    }

    Route route(App which, String domain, Endpoint... endpoints) {
        return Route.of(which, List.of(Domain.of(domain)), List.of(PortMapping.of("http", nginx.port, 5000)), List.of(endpoints));
    }

    Change prepare(Route route) throws Exception {
        return nginx.proxy().prepare(route, out);
    }

    Change commit(Route route) throws Exception {
        Change change = prepare(route);
        change.commit();
        return change;
    }

    App with(App which, String key, String value) {
        Setting<?> setting = nginx.contributions.settings().stream().filter(each -> each.key().equals(key)).findFirst().orElseThrow();
        return which.withSetting(setting, value);
    }

    Client.Answer get(String host, String path) throws IOException {
        return Client.get(nginx.port, host, path);
    }

    static Endpoint closedPort() throws IOException {
        return closedPort("127.0.0.1");
    }

    static Endpoint closedPort(String host) throws IOException {
        return Endpoint.of(ProcessType.WEB, 1, 5000, host, TestNginx.freePort());
    }
}
