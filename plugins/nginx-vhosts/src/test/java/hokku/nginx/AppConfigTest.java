package hokku.nginx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hokku.api.App;
import hokku.api.AppId;
import hokku.api.AppName;
import hokku.api.Domain;
import hokku.api.Endpoint;
import hokku.api.Global;
import hokku.api.PortMapping;
import hokku.api.ProcessType;
import hokku.api.Route;
import hokku.api.UserError;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class AppConfigTest {
    private final App app = App.create(AppName.of("hello"), AppId.random(), Instant.EPOCH, Global.EMPTY);

    private Route route(int containers, String... ports) {
        return Route.of(app, List.of(Domain.of("hello.test"), Domain.of("*.hello.test")),
                List.of(ports).stream().map(PortMapping::parse).toList(),
                IntStream.rangeClosed(1, containers).mapToObj(i -> Endpoint.of(ProcessType.WEB, i, 5000, "10.0.0." + i, 5000)).toList());
    }

    @Test
    void theFileIsTheSameWhereverTheContainersAre() {
        assertThat(AppConfig.of(route(0, "http:80:5000"))).isEqualTo(AppConfig.of(route(1, "http:80:5000")))
                .isEqualTo(AppConfig.of(route(4, "http:80:5000"))).isNotEqualTo(AppConfig.of(route(5, "http:80:5000")));
        assertThat(AppConfig.of(route(2, "http:80:5000")).text()).doesNotContain("10.0.0");
    }

    @Test
    void whatMattersIsReadBackFromTheText() {
        AppConfig written = AppConfig.of(route(1, "http:80:5000", "http:8080:5001"));
        AppConfig read = AppConfig.read(app.name(), written.text());
        assertThat(read).isEqualTo(written);
        assertThat(read.names()).containsExactlyInAnyOrder("hello.test", "*.hello.test");
        assertThat(read.listens()).containsExactlyInAnyOrder(Listen.everywhere(80), Listen.everywhere(8080));
        assertThat(read.places()).containsExactly("5000x12", "5001x12");
    }

    @Test
    void aFileOfSomebodyElseIsNotRead() {
        String text = AppConfig.of(route(1, "http:80:5000")).text();
        assertThatThrownBy(() -> AppConfig.read(AppName.of("other"), text)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> AppConfig.read(app.name(), "server { }")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void onePortCannotLeadToTwo() {
        assertThatThrownBy(() -> AppConfig.of(route(1, "http:80:5000", "http:80:5001"))).isInstanceOf(UserError.class)
                .hasMessageContaining("Port 80");
    }

    @Test
    void theNameOfTheGenerationIsNobodys() {
        Route thief = route(1, "http:80:5000").withDomains(List.of(Domain.of(MainConfig.GENERATION_HOST)));
        assertThatThrownBy(() -> AppConfig.of(thief)).isInstanceOf(UserError.class);
    }

    @Test
    void addressesToBindToSurviveTheirFileName() {
        Listen bound = new Listen(80, java.util.Optional.of("192.0.2.1"), java.util.Optional.of("2001:db8::1"));
        assertThat(Listen.parse(bound.key())).contains(bound);
        assertThat(bound.sockets(true)).containsExactly("192.0.2.1:80", "[2001:db8::1]:80");
        assertThat(bound.sockets(false)).containsExactly("192.0.2.1:80");
        assertThat(bound.candidateSockets(true)).containsExactly("192.0.2.1:60080", "[2001:db8::1]:60080");
        assertThat(Listen.everywhere(8080).candidateSockets(true)).containsExactly("8080", "[::]:8080");
    }
}
