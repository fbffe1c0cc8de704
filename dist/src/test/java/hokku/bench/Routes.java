package hokku.bench;

import hokku.e2e.Running;
import hokku.e2e.TestServer;
import hokku.e2e.Web;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// (g) One app's route change beside a thousand others: from the start of `ssh host domains:add` until nginx answers by the new name.
/// By hand: one of a thousand files for nginx changed, `nginx -t`, `nginx -s reload`, ask until nginx answers.
final class Routes {
    private static final int WARM_UP = 3;
    private static final double MOST_MILLIS = 300;

    private final int runs;
    private final ManyApps many;

    Routes(int runs, ManyApps many) {
        this.runs = runs;
        this.many = many;
    }

    void measure(Table table) throws IOException, InterruptedException {
        TestServer server = many.server();
        Times all = new Times();
        Times command = new Times();
        Times hand = new Times();
        Path sites = Files.createDirectories(server.work().resolve("sites"));
        for (int app = 0; app < ManyApps.APPS; app++) {
            site(sites, app, "");
        }
        try (HandNginx nginx = HandNginx.start(server.work().resolve("hand-nginx"), sites)) {
            for (int run = -WARM_UP; run < runs; run++) {
                int app = Math.floorMod(run, ManyApps.RUNNING);
                String domain = "added-" + (run + WARM_UP) + ".example.com";
                long begin = System.nanoTime();
                Running.demand(server.words("domains:add", ManyApps.name(app), domain).toArray(String[]::new));
                long ended = System.nanoTime();
                ByHand.awaitPage(server.web(), domain, ManyApps.PAGE);
                long answered = System.nanoTime();

                long handBegin = System.nanoTime();
                site(sites, app, domain);
                nginx.reload();
                ByHand.awaitPage(nginx.web(), domain, domain);
                long handEnd = System.nanoTime();
                if (run >= 0) {
                    all.add(answered - begin);
                    command.add(ended - begin);
                    hand.add(handEnd - handBegin);
                }
            }
        }
        table.figure("(g) one app's route change beside " + ManyApps.APPS + " apps", runs, all, hand, "%.0f ms".formatted(MOST_MILLIS),
                all.median() <= MOST_MILLIS, "%.0f ms".formatted(all.median()));
        table.detail("of that until the command ends; by hand: no ssh in it", runs, command, "");
        Times connection = new Times();
        for (int run = 0; run < runs; run++) {
            connection.add(Commands.timed(server.words("version")));
        }
        table.detail("a command that changes nothing", runs, connection, "");
    }

    /// A file as somebody would write it for one app.
    private static void site(Path sites, int app, String domain) throws IOException {
        String name = ManyApps.name(app);
        Files.writeString(sites.resolve(name + ".conf"), """
                server {
                    include listen;
                    server_name %1$s.127.0.0.1.sslip.io %1$s.example.com www.%1$s.example.com %2$s;
                    access_log logs/%1$s-access.log;
                    error_log logs/%1$s-error.log;
                    client_max_body_size 10m;
                    proxy_http_version 1.1;
                    proxy_set_header Host $http_host;
                    proxy_set_header Upgrade $http_upgrade;
                    proxy_set_header X-Forwarded-For $remote_addr;
                    proxy_set_header X-Forwarded-Proto $scheme;
                    proxy_set_header X-Forwarded-Port $server_port;
                    proxy_set_header X-Real-IP $remote_addr;
                    location / { proxy_pass http://127.0.0.1:1; }
                    location = / { default_type text/plain; return 200 "%2$s"; }
                    error_page 502 @down;
                    location @down { default_type text/html; return 502 "down"; }
                }
                """.formatted(name, domain));
    }

    /// An nginx that nobody manages.
    private record HandNginx(Path folder, Path config, int port) implements AutoCloseable {
        static HandNginx start(Path folder, Path sites) throws IOException, InterruptedException {
            Files.createDirectories(folder.resolve("logs"));
            int port = TestServer.freePort();
            Path config = folder.resolve("nginx.conf");
            Files.writeString(folder.resolve("listen"), "listen 127.0.0.1:" + port + ";\n");
            Files.writeString(config, """
                    worker_processes auto;
                    worker_rlimit_nofile 65536;
                    pid %1$s/nginx.pid;
                    error_log %1$s/nginx.log;
                    events { worker_connections 4096; }
                    http {
                        server_names_hash_bucket_size 512;
                        server_names_hash_max_size 65536;
                        access_log off;
                        client_body_temp_path %1$s/body;
                        proxy_temp_path %1$s/proxy;
                        fastcgi_temp_path %1$s/fastcgi;
                        uwsgi_temp_path %1$s/uwsgi;
                        scgi_temp_path %1$s/scgi;
                        include %2$s/*.conf;
                    }
                    """.formatted(folder, sites));
            HandNginx nginx = new HandNginx(folder, config, port);
            nginx.call();
            return nginx;
        }

        private void call(String... words) throws IOException, InterruptedException {
            java.util.List<String> all = new java.util.ArrayList<>(java.util.List.of("/usr/sbin/nginx", "-p", folder + "/", "-c", config.toString()));
            all.addAll(java.util.List.of(words));
            Running.demand(all.toArray(String[]::new));
        }

        void reload() throws IOException, InterruptedException {
            call("-t", "-q");
            call("-s", "reload");
        }

        Web web() {
            return new Web("127.0.0.1", port);
        }

        @Override
        public void close() throws IOException {
            try {
                call("-s", "stop");
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new IOException(interrupted);
            }
        }
    }
}
