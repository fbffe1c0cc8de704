package hokku.nginx;

import hokku.api.App;
import hokku.api.Setting;
import hokku.api.Setting.Effect;
import hokku.api.UserError;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/// What can be set with `nginx:set`.
///
/// Every value is checked against a closed form before it is stored: it becomes one word, or a quoted string, of nginx'
/// configuration, and no form has room for a semicolon, a brace, a quote, a backslash or the end of a line.
final class NginxSettings {
    private static final String GROUP = "nginx";
    private static final Pattern SIZE = Pattern.compile("[0-9]{1,9}[kKmMgG]?");
    private static final Pattern BUFFER = Pattern.compile("[1-9][0-9]{0,8}[kKmM]?");
    private static final Pattern BUFFERS = Pattern.compile("[1-9][0-9]{0,4} [1-9][0-9]{0,8}[kKmM]?");
    private static final Pattern TIME = Pattern.compile("[0-9]{1,7}(ms|s|m|h|d)?");
    private static final Pattern HEADER = Pattern.compile("[A-Za-z0-9_.:,$/-][A-Za-z0-9_.:,$/ -]{0,199}");

    static final Setting<String> BIND_IPV4 = common(Setting.of(GROUP, "bind-address-ipv4", NginxSettings::ipv4, Function.identity()))
            .help("IPv4 address of this host that the app is reached at; all of them when unset");
    static final Setting<String> BIND_IPV6 = common(Setting.of(GROUP, "bind-address-ipv6", NginxSettings::ipv6, Function.identity()))
            .initially("::").help("IPv6 address of this host that the app is reached at");
    static final Setting<String> FORWARDED_FOR = header("x-forwarded-for-value", "$remote_addr", "X-Forwarded-For");
    static final Setting<String> FORWARDED_PORT = header("x-forwarded-port-value", "$server_port", "X-Forwarded-Port");
    static final Setting<String> FORWARDED_PROTO = header("x-forwarded-proto-value", "$scheme", "X-Forwarded-Proto");

    private static final List<Directive> DIRECTIVES = List.of(
            new Directive("client_max_body_size", formed("client-max-body-size", SIZE, "a size such as 10m; 0 for no limit")
                    .initially("1m").help("Largest request body that is taken")),
            new Directive("client_body_timeout", time("client-body-timeout", "60s", "Time allowed between two reads of a request's body")),
            new Directive("client_header_timeout", time("client-header-timeout", "60s", "Time allowed to send a request's header")),
            new Directive("keepalive_timeout", time("keepalive-timeout", "75s", "Time that an idle connection of a client stays open")),
            new Directive("lingering_timeout", time("lingering-timeout", "5s", "Time to wait for more of a client's data when closing")),
            new Directive("send_timeout", time("send-timeout", "60s", "Time allowed between two writes to a client")),
            new Directive("proxy_connect_timeout", time("proxy-connect-timeout", "4s", "Time allowed to connect to a container")),
            new Directive("proxy_read_timeout", time("proxy-read-timeout", "60s", "Time allowed between two reads from a container")),
            new Directive("proxy_send_timeout", time("proxy-send-timeout", "60s", "Time allowed between two writes to a container")),
            new Directive("proxy_buffer_size", formed("proxy-buffer-size", BUFFER, "a size such as 8k")
                    .help("Buffer for the first part of a container's answer")),
            new Directive("proxy_buffering", onOff("proxy-buffering", "on", "Whether answers of containers are buffered")),
            new Directive("proxy_buffers", formed("proxy-buffers", BUFFERS, "a number and a size such as \"8 4k\"")
                    .help("Number and size of the buffers for a container's answer")),
            new Directive("proxy_busy_buffers_size", formed("proxy-busy-buffers-size", BUFFER, "a size such as 8k")
                    .help("How much of the buffers may be busy with sending to the client")),
            new Directive("underscores_in_headers", onOff("underscore-in-headers", "off", "Whether header names with underscores are taken")));

    private NginxSettings() {}

    /// Every setting, for the plugin to contribute.
    static List<Setting<?>> all() {
        List<Setting<?>> all = new ArrayList<>();
        DIRECTIVES.forEach(directive -> all.add(directive.setting()));
        all.addAll(List.of(BIND_IPV4, BIND_IPV6, FORWARDED_FOR, FORWARDED_PORT, FORWARDED_PROTO));
        return all;
    }

    /// The directives of an app's server block that follow from settings.
    static List<String> directives(App app) {
        return DIRECTIVES.stream()
                .flatMap(directive -> app.value(directive.setting()).map(value -> directive.name() + " " + value + ";").stream())
                .toList();
    }

    /// Where an app listens for one port.
    static Listen listen(App app, int port) {
        Optional<String> ipv6 = app.value(BIND_IPV6).filter(address -> !address.equals("::"));
        return new Listen(port, app.value(BIND_IPV4).filter(address -> !address.equals("0.0.0.0")), ipv6);
    }

    private static <T> Setting<T> common(Setting<T> setting) {
        return setting.effect(Effect.ROUTE);
    }

    private static Setting<String> formed(String key, Pattern form, String allowed) {
        return common(Setting.of(GROUP, key, text -> {
            if (!form.matcher(text).matches()) {
                throw invalid(key, allowed);
            }
            return text;
        }, Function.identity()));
    }

    private static Setting<String> time(String key, String initial, String help) {
        return formed(key, TIME, "a time such as 60s or 5m").initially(initial).help(help);
    }

    private static Setting<String> onOff(String key, String initial, String help) {
        return common(Setting.choice(GROUP, key, "on", "off")).initially(initial).help(help);
    }

    private static Setting<String> header(String key, String initial, String name) {
        return formed(key, HEADER, "letters, digits, blanks, _.:,/- and variables of nginx such as " + initial)
                .initially(initial).help("Value of the header " + name + " that containers get");
    }

    private static String ipv4(String text) {
        if (!text.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}") || !literal(text)) {
            throw invalid(BIND4, "an IPv4 address of this host such as 192.0.2.1");
        }
        return text;
    }

    private static String ipv6(String text) {
        if (!text.matches("[0-9a-fA-F:]{2,39}") || !text.contains(":") || !literal(text)) {
            throw invalid(BIND6, "an IPv6 address of this host such as 2001:db8::1");
        }
        return text.toLowerCase(java.util.Locale.ROOT);
    }

    private static final String BIND4 = "bind-address-ipv4";
    private static final String BIND6 = "bind-address-ipv6";

    private static boolean literal(String text) {
        try {
            InetAddress address = InetAddress.ofLiteral(text);
            return address instanceof Inet4Address != text.contains(":");
        } catch (IllegalArgumentException notAnAddress) {
            return false;
        }
    }

    private static UserError invalid(String key, String allowed) {
        return new UserError("Invalid value for " + key + ". Use " + allowed);
    }

    /// A directive whose value is a setting as it is.
    private record Directive(String name, Setting<String> setting) {}
}
