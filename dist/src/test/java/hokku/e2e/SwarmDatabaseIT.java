package hokku.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hokku.testkit.SharedSwarmLab;
import hokku.testkit.SwarmLab;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/// A database beside the server, and an app on a swarm that reaches it from each machine.
@Timeout(300)
@ExtendWith(SharedSwarmLab.class)
class SwarmDatabaseIT {
    private static final String APP = "notes";
    /// The client of the database alone: its whole image would have to go to each machine.
    private static final String DOCKERFILE = """
            FROM %2$s AS whole
            RUN mkdir /client && for file in %3$s $(ldd %3$s | grep -o '/[^ ]*'); do cp --parents -L "$file" /client; done
            FROM busybox:latest
            LABEL %1$s
            COPY --from=whole /client /
            COPY cgi-bin /www/cgi-bin
            RUN chmod 755 /www/cgi-bin/*
            EXPOSE 5000
            STOPSIGNAL SIGKILL
            CMD ["httpd", "-f", "-p", "5000", "-h", "/www"]
            """.formatted(Sources.MARK, DatabaseApp.POSTGRES, "/usr/lib/postgresql/17/bin/psql");
    private static final String PAGE = """
            #!/bin/sh
            printf 'Content-Type: text/plain\\r\\n\\r\\n'
            echo "$(hostname) $(/usr/lib/postgresql/17/bin/psql "$DATABASE_URL" -XAtq -v ON_ERROR_STOP=1 -c '%s' 2>&1)"
            """;
    private static final Map<String, String> FILES = Map.of("Dockerfile", DOCKERFILE,
            "cgi-bin/write", PAGE.formatted("create table notes (id int); insert into notes select generate_series(1, 1000); select sum(id) from notes"),
            "cgi-bin/sum", PAGE.formatted("select sum(id) from notes"),
            "cgi-bin/hello", "#!/bin/sh\nprintf 'Content-Type: text/plain\\r\\n\\r\\n'\nhostname\n");

    private final SwarmLab lab;

    SwarmDatabaseIT(SwarmLab lab) {
        this.lab = lab;
    }

    @Test
    void rowsAreReadFromEachMachine() throws Exception {
        lab.manager().load(DatabaseApp.POSTGRES);
        try (SwarmServer swarm = SwarmServer.start(lab)) {
            TestServer server = swarm.server();
            server.dokku("postgres:create", "db");
            server.dokku("apps:create", APP);
            server.dokku("scheduler:set", APP, "selected", "swarm");
            server.dokku("ps:scale", APP, "web=3");
            WorkTree tree = server.repository(APP);
            SwarmServer.push(tree, FILES);
            server.dokku("postgres:link", "db", APP);

            assertThat(page(server, "write")).endsWith(" 500500");
            assertThat(readFrom(swarm)).containsExactlyInAnyOrder("node1", "node2", "node3");

            server.dokku("postgres:restart", "db");
            await("the database is back").atMost(SwarmServer.PATIENCE).until(() -> page(server, "sum").endsWith(" 500500"));
            assertThat(readFrom(swarm)).containsExactlyInAnyOrder("node1", "node2", "node3");

            server.dokku("postgres:unlink", "db", APP);
            server.dokku("postgres:destroy", "db", "--force");
        }
    }

    /// The machines whose containers read all rows.
    private static Set<String> readFrom(SwarmServer swarm) throws Exception {
        Set<String> hosts = new HashSet<>();
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (hosts.size() < 3 && System.nanoTime() < deadline) {
            String[] words = page(swarm.server(), "sum").split(" ", 2);
            assertThat(words[1]).isEqualTo("500500");
            hosts.add(words[0]);
        }
        Set<String> nodes = new TreeSet<>();
        for (String host : hosts) {
            nodes.add(swarm.nodeOf(host));
        }
        return nodes;
    }

    private static String page(TestServer server, String path) {
        Web.Answer answer = server.web().get(server.domain(APP), "/cgi-bin/" + path);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.body().strip();
    }
}
