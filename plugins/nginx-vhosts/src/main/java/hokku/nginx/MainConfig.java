package hokku.nginx;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// nginx' own configuration, around the files of the apps.
///
/// Every path in it is relative to the plugin's folder, which nginx is started with as prefix.
///
/// @param user as whom workers run when nginx is started by root; empty to leave it out
/// @param withIpv6 whether this host knows IPv6
/// @param files how many files nginx may open at once
record MainConfig(String user, boolean withIpv6, long files) {
    /// The name under which nginx tells its generation, to this host only.
    static final String GENERATION_HOST = "_generation.hokku.invalid";

    /// All that a process must know which only passes a signal on to nginx.
    static final String SIGNAL = """
            # Written by Hokku, changes are lost.
            pid run/nginx.pid;
            error_log logs/error.log;
            events {}
            """;

    /// The live configuration.
    ///
    /// @param port the port of the whole server, where unknown names are answered
    /// @return its text; the generation is told by [#generation] of the same arguments
    String live(int port, Collection<AppConfig> apps) {
        return text(port, apps, generation(port, apps), "nginx.pid", List.of("apps/*.conf"), false);
    }

    /// A configuration for validation only, that binds no low port and leaves the live pid file alone.
    ///
    /// @param includes the files of apps, as seen from the folder that it is put into
    String candidate(int port, Collection<AppConfig> apps, List<String> includes) {
        return text(port, apps, "candidate", "candidate.pid", includes, true);
    }

    /// A name for exactly this configuration and these files.
    String generation(int port, Collection<AppConfig> apps) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(text(port, apps, "", "", List.of(), false).getBytes(StandardCharsets.UTF_8));
            apps.stream().sorted(java.util.Comparator.comparing(AppConfig::app))
                    .forEach(app -> digest.update(app.text().getBytes(StandardCharsets.UTF_8)));
            return HexFormat.of().formatHex(digest.digest(), 0, 12);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /// The file that an app's server block includes for one port.
    ///
    /// An address that some app is bound to is not covered by "all addresses" any more: who listens on all names it too. Else
    /// that app would take the requests of all others away.
    ///
    /// @param all what nginx listens on for all apps
    String listen(Listen listen, Collection<Listen> all, boolean candidate) {
        Set<String> sockets = new LinkedHashSet<>(sockets(listen, candidate));
        all.stream().filter(other -> other.port() == listen.port())
                .forEach(other -> sockets.addAll(sockets(listen.narrowedTo(other), candidate)));
        return sockets.stream().map(socket -> "listen " + socket + ";\n").collect(Collectors.joining());
    }

    private String text(int port, Collection<AppConfig> apps, String generation, String pid, List<String> includes, boolean candidate) {
        Set<String> sockets = new LinkedHashSet<>(sockets(Listen.everywhere(port), candidate));
        apps.stream().flatMap(app -> app.listens().stream()).sorted(java.util.Comparator.comparing(Listen::key))
                .forEach(listen -> sockets.addAll(sockets(listen, candidate)));
        // On every socket: one that an app binds to this host's own address would else keep the question from being answered.
        String own = listens(sockets, "");
        return """
                # Written by Hokku, changes are lost.
                %1$sworker_processes auto;
                worker_rlimit_nofile %2$d;
                worker_shutdown_timeout 15m;
                pid run/%3$s;
                error_log logs/error.log warn;
                events { worker_connections %4$d; }
                http {
                    server_names_hash_bucket_size 512;
                    server_names_hash_max_size 65536;
                    client_body_temp_path run/body;
                    proxy_temp_path run/proxy;
                    fastcgi_temp_path run/fastcgi;
                    uwsgi_temp_path run/uwsgi;
                    scgi_temp_path run/scgi;
                    access_log off;
                    server_tokens off;
                    map $http_upgrade $hokku_connection { default upgrade; "" close; }
                    # A root is a link to a folder whose name is a container's address, followed anew for each request.
                    map $realpath_root $hokku_target { volatile; default ""; "~/(?<hokku_address>[0-9a-f.:\\[\\]]+)$" $hokku_address; }
                %5$s    # Names that no app has.
                    server {
                %6$s        server_name _;
                        location / { default_type text/html; return 404 %7$s; }
                    }
                    server {
                %8$s        server_name %9$s;
                        location / {
                            if ($remote_addr != 127.0.0.1) { return 404; }
                            default_type text/plain;
                            return 200 "%10$s";
                        }
                    }
                %11$s}
                """.formatted(user.isEmpty() ? "" : "user " + user + ";\n", files, pid, Math.clamp(files / 2 - 64, 128, 16_384), slots(),
                listens(sockets, " default_server"), Pages.UNKNOWN.replace("\n", "\\n"), own, GENERATION_HOST, generation,
                includes.stream().map(file -> "    include " + file + ";\n").collect(Collectors.joining()));
    }

    private List<String> sockets(Listen listen, boolean candidate) {
        return candidate ? listen.candidateSockets(withIpv6) : listen.sockets(withIpv6);
    }

    private static String listens(Set<String> sockets, String suffix) {
        return sockets.stream().map(socket -> "        listen " + socket + suffix + ";\n").collect(Collectors.joining());
    }

    /// Spreads requests evenly over as many slots as there are.
    private static String slots() {
        return Targets.SLOTS.stream().map(count -> "    split_clients \"$request_id\" $hokku_slot" + count + " { "
                + IntStream.range(0, count - 1).mapToObj(slot -> String.format(Locale.ROOT, "%.2f%% %d; ",
                        Math.floor(10_000.0 / count) / 100, slot)).collect(Collectors.joining())
                + "* " + (count - 1) + "; }\n").collect(Collectors.joining());
    }
}
