package hokku.postgres;

import hokku.api.Env;
import hokku.api.Service;
import hokku.api.UserError;
import hokku.api.spi.Datastore;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Calls PostgreSQL's programs in the container of a service.
///
/// They come by TCP, as apps do: the server that the image runs while it sets itself up listens on a socket alone.
record Client(Service service, Datastore.Inside inside) {
    static final String USER = "postgres";
    /// A database that every server has, which nobody keeps anything in: from there other ones can be renamed.
    private static final String AWAY = "template1";

    static Datastore.Call call(Service service, String program, String... words) {
        List<String> all = new ArrayList<>(List.of(program, "--host=127.0.0.1", "--username=" + USER));
        all.addAll(List.of(words));
        return new Datastore.Call(all, Env.EMPTY).with("PGPASSWORD", service.password()).with("PGCONNECT_TIMEOUT", "10").with("LC_ALL", "C.UTF-8");
    }

    /// What the database is called: not what every server has already, and copies for each new database, nor what a restore calls its own.
    static String database(Service service) {
        String name = service.database();
        return List.of("template0", "template1", Restore.INCOMING, Restore.OUTGOING).contains(name) ? name + "_" : name;
    }

    /// Runs SQL in a database, and stops at the first error.
    ///
    /// @return the values of its rows, a line for each
    /// @throws UserError with the server's words when it fails
    String sql(String database, String script) throws InterruptedException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Datastore.Call psql = call(service, "psql", "--no-psqlrc", "--quiet", "--no-password", "--no-align", "--tuples-only", "--set=ON_ERROR_STOP=1",
                "--dbname=" + database);
        Datastore.Inside.Result result = inside.run(psql, new ByteArrayInputStream(script.getBytes(StandardCharsets.UTF_8)), out);
        if (result.exit() != 0) {
            throw new UserError("PostgreSQL refused a command: " + result.errors());
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    /// In the service's database.
    String sql(String script) throws InterruptedException {
        return sql(database(service), script);
    }

    /// Outside of the service's database.
    String sqlFromAway(String script) throws InterruptedException {
        return sql(AWAY, script);
    }

    /// A name in SQL.
    static String name(String text) {
        return "\"" + text.replace("\"", "\"\"") + "\"";
    }

    /// A text in SQL.
    static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }
}
