package hokku.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;

/// An app whose pages ask the database at `DATABASE_URL`. It has the client of the database's image, but neither its volume nor its port.
final class DatabaseApp {
    static final String NAME = "notes";
    static final String POSTGRES = "postgres:17";

    private static final String DOCKERFILE = """
            FROM scratch
            LABEL %s
            COPY --from=%s / /
            COPY --from=busybox:latest /bin/busybox /usr/local/bin/busybox
            COPY cgi-bin /www/cgi-bin
            RUN chmod 755 /www/cgi-bin/*
            ENV PATH=/usr/lib/postgresql/17/bin:/usr/local/bin:/usr/bin:/bin LC_ALL=C.UTF-8
            EXPOSE 5000
            STOPSIGNAL SIGKILL
            CMD ["busybox", "httpd", "-f", "-p", "5000", "-h", "/www"]
            """.formatted(Sources.MARK, POSTGRES);
    private static final String PAGE = """
            #!/bin/sh
            printf 'Content-Type: text/plain\\r\\n\\r\\n'
            exec psql "$DATABASE_URL" -XAtq -v ON_ERROR_STOP=1 -v rows="${QUERY_STRING:-0}" 2>&1 <<'SQL'
            %s
            SQL
            """;
    private static final Map<String, String> FILES = Map.of("Dockerfile", DOCKERFILE, "cgi-bin/write", PAGE.formatted("""
            SET client_min_messages = warning;
            CREATE TABLE IF NOT EXISTS notes (id bigserial PRIMARY KEY, text text NOT NULL, at timestamptz NOT NULL DEFAULT now());
            INSERT INTO notes (text) SELECT md5(n::text) FROM generate_series(1, :rows) n;
            SELECT 'written';"""),
            "cgi-bin/checksum", PAGE.formatted("SELECT count(*), sum(hashtextextended(id || text || at, 0)) FROM notes;"),
            "cgi-bin/count", PAGE.formatted("SELECT count(*) FROM notes;"),
            "cgi-bin/hello", "#!/bin/sh\nprintf 'Content-Type: text/plain\\r\\n\\r\\nhello'\n");

    private final TestServer server;

    private DatabaseApp(TestServer server) {
        this.server = server;
    }

    static DatabaseApp deploy(TestServer server) throws Exception {
        WorkTree tree = server.repository(NAME);
        tree.commit(FILES);
        Running.Result pushed = tree.push();
        assertThat(pushed.exit()).as(pushed.text()).isZero();
        DatabaseApp app = new DatabaseApp(server);
        assertThat(app.page("hello")).isEqualTo("hello");
        return app;
    }

    /// What it answers, though that may be an error of the database.
    String page(String path) {
        Web.Answer answer = server.web().get(server.domain(NAME), "/cgi-bin/" + path);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.body().strip();
    }

    void write(int rows) {
        assertThat(page("write?" + rows)).isEqualTo("written");
    }

    /// The number of rows, and the sum of a hash of each.
    String checksum() {
        return page("checksum");
    }
}
