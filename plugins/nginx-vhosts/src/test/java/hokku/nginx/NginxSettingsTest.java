package hokku.nginx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hokku.api.App;
import hokku.api.AppId;
import hokku.api.AppName;
import hokku.api.Global;
import hokku.api.Setting;
import hokku.api.UserError;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class NginxSettingsTest {
    private static Setting<?> setting(String key) {
        return NginxSettings.all().stream().filter(each -> each.key().equals(key)).findFirst().orElseThrow();
    }

    @Test
    void noValueOfAnySettingCanBecomeMoreThanAValue() {
        for (Setting<?> each : NginxSettings.all()) {
            for (String evil : List.of("1m;", "1m; include /etc/passwd", "1m\ninclude x", "{", "}", "1m }", "\"", "'", "\\", "a\"b", "$a;", "${x}",
                    "#", "1m#", "on;", "\u0000", "\u2028", "", " ", "::1;", "x y;", "`id`")) {
                assertThatThrownBy(() -> each.parse(evil)).as(each.key() + " " + evil).isInstanceOf(UserError.class);
            }
        }
    }

    @Test
    void usualValuesAreTaken() {
        Map<String, List<String>> values = Map.of("client-max-body-size", List.of("0", "50m", "1G"), "proxy-read-timeout", List.of("60", "90s", "500ms", "2h"),
                "proxy-buffers", List.of("8 4k"), "proxy-buffering", List.of("on", "off"), "bind-address-ipv4", List.of("127.0.0.1"),
                "bind-address-ipv6", List.of("::", "::1", "2001:db8::1"), "x-forwarded-for-value", List.of("$http_x_forwarded_for, $remote_addr"));
        values.forEach((key, texts) -> texts.forEach(text -> assertThat(setting(key).parse(text)).isEqualTo(text)));
        assertThatThrownBy(() -> setting("bind-address-ipv4").parse("300.1.1.1")).isInstanceOf(UserError.class);
        assertThatThrownBy(() -> setting("bind-address-ipv6").parse("1:2")).isInstanceOf(UserError.class);
    }

    @Test
    void everySettingHasAHelpTextAndRoutesTheAppAnew() {
        assertThat(NginxSettings.all()).allSatisfy(each -> {
            assertThat(each.group()).isEqualTo("nginx");
            assertThat(each.help()).isNotBlank();
            assertThat(each.effect()).isEqualTo(Setting.Effect.ROUTE);
        });
    }

    @Test
    void theAppsOwnValueStandsBeforeTheWholeServers() {
        Global global = Global.EMPTY.withSetting(setting("send-timeout"), "7s").withSetting(setting("keepalive-timeout"), "8s");
        App app = App.create(AppName.of("hello"), AppId.random(), Instant.EPOCH, global).withSetting(setting("send-timeout"), "9s");
        assertThat(NginxSettings.directives(app)).contains("send_timeout 9s;", "keepalive_timeout 8s;", "client_max_body_size 1m;")
                .noneMatch(line -> line.startsWith("proxy_buffers"));
    }
}
