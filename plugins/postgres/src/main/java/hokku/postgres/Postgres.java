package hokku.postgres;

import hokku.api.Env;
import hokku.api.Service;
import hokku.api.UserError;
import hokku.api.spi.Datastore;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// PostgreSQL, as the image `postgres` and those that are made from it run it.
final class Postgres implements Datastore {
    private static final int PORT = 5432;
    private static final String PASSWORD_FILE = "/run/secrets/postgres-password";
    /// From this version on the image keeps its data one folder higher, with the version in the path.
    private static final int MOVED = 18;
    /// `pg17` or `0.8.0-pg17`, as images with extensions are named, else `17` and `17.2-bookworm`.
    private static final List<Pattern> MAJOR = List.of(Pattern.compile("(?<![a-z])pg(\\d{1,3})(?!\\d)"), Pattern.compile("^(\\d{1,3})(?!\\d)"));

    @Override
    public String name() {
        return "postgres";
    }

    @Override
    public String title() {
        return "PostgreSQL";
    }

    @Override
    public String image() {
        return "postgres";
    }

    @Override
    public String version() {
        return "17";
    }

    @Override
    public List<Integer> ports() {
        return List.of(PORT);
    }

    @Override
    public String variable() {
        return "DATABASE_URL";
    }

    /// The folder that the image declares as its volume: another one would be lost with the container.
    @Override
    public String folder(Service service) {
        return keepsDataHigher(service) ? "/var/lib/postgresql" : "/var/lib/postgresql/data";
    }

    private static String dataFolder(Service service) {
        OptionalInt major = major(service.version());
        return keepsDataHigher(service) ? "/var/lib/postgresql/" + (major.isPresent() ? major.getAsInt() + "/" : "") + "docker"
                : "/var/lib/postgresql/data";
    }

    /// Images without a version in their names, such as `latest`, are new ones.
    private static boolean keepsDataHigher(Service service) {
        return major(service.version()).orElse(MOVED) >= MOVED;
    }

    static OptionalInt major(String version) {
        return MAJOR.stream().map(pattern -> pattern.matcher(version)).filter(Matcher::find)
                .mapToInt(matcher -> Integer.parseInt(matcher.group(1))).findFirst();
    }

    @Override
    public boolean sameForm(String version, String other) {
        return version.equals(other) || major(version).isPresent() && major(version).equals(major(other)) && isAlpine(version) == isAlpine(other);
    }

    /// Its C library sorts texts in another order, so that indexes of one are wrong for the other.
    private static boolean isAlpine(String version) {
        return version.contains("alpine");
    }

    @Override
    public Startup startup(Service service) {
        if (service.password().isEmpty() || service.password().codePoints().anyMatch(Character::isISOControl)) {
            throw new UserError("The password of a PostgreSQL service must be one line, and not empty");
        }
        Env env = Env.EMPTY.with("POSTGRES_USER", Client.USER).with("POSTGRES_PASSWORD_FILE", PASSWORD_FILE)
                .with("POSTGRES_DB", Client.database(service)).with("PGDATA", dataFolder(service));
        return new Startup(List.of("postgres"), env, Map.of(PASSWORD_FILE, service.password().getBytes(StandardCharsets.UTF_8)));
    }

    @Override
    public Call ready(Service service) {
        return Client.call(service, "pg_isready", "--quiet", "--timeout=1", "--dbname=" + Client.database(service));
    }

    @Override
    public String address(Service service, String host, int port) {
        return "postgres://" + Client.USER + ":" + Percent.encoded(service.password()) + "@" + host + ":" + port + "/"
                + Percent.encoded(Client.database(service));
    }

    @Override
    public Call connect(Service service) {
        return Client.call(service, "psql", "--dbname=" + Client.database(service));
    }

    @Override
    public long size(Service service, Inside inside) throws InterruptedException {
        return Long.parseLong(new Client(service, inside).sql("SELECT pg_database_size(current_database());").strip());
    }

    @Override
    public Optional<String> note(Service service, Inside inside) throws InterruptedException {
        String count = new Client(service, inside).sqlFromAway("SELECT count(*) FROM pg_stat_activity WHERE datname = "
                + Client.literal(Client.database(service)) + ";").strip();
        return Optional.of(count + (count.equals("1") ? " connection" : " connections"));
    }

    @Override
    public void dump(Service service, Inside inside, OutputStream to) throws InterruptedException {
        Call call = Client.call(service, "pg_dump", "--format=custom", "--no-password", "--lock-wait-timeout=600000", "--dbname=" + Client.database(service));
        Inside.Result result = inside.run(call, InputStream.nullInputStream(), to);
        if (result.exit() != 0) {
            throw new UserError("The database could not be dumped: " + result.errors());
        }
    }

    @Override
    public void restore(Service service, Inside inside, InputStream from) throws Exception {
        new Restore(new Client(service, inside)).from(from);
    }

    /// Reads all of it: the list of what is in a dump stands at its beginning, and says nothing of its end.
    @Override
    public String verify(Service service, Inside inside, InputStream dump) throws Exception {
        InputStream checked = DumpForm.demand(service, dump);
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        // It tells what it does on the error stream, of which no more than the end is kept.
        Call call = new Call(List.of("sh", "-c", "exec pg_restore --verbose --file=/dev/null 2>&1"), Env.EMPTY.with("LC_ALL", "C.UTF-8"));
        Inside.Result result = inside.run(call, checked, told);
        String text = told.toString(StandardCharsets.UTF_8);
        if (result.exit() != 0) {
            throw new UserError(DumpForm.explained("read", text.substring(Math.max(0, text.length() - 2000)).strip()));
        }
        long tables = text.lines().filter(line -> line.startsWith("pg_restore: creating TABLE \"")).count();
        return tables + (tables == 1 ? " table" : " tables");
    }

    @Override
    public Map<String, Long> contents(Service service, Inside inside) throws InterruptedException {
        // One snapshot for all tables; each query that the first one makes is run in its turn.
        String rows = new Client(service, inside).sql("""
                BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
                SELECT format('SELECT %L, count(*) FROM ONLY %I.%I', translate(nspname || '.' || relname, E'\\n\\r', '  '), nspname, relname)
                FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
                WHERE relkind = 'r' AND relpersistence <> 't' AND nspname <> 'information_schema' AND nspname !~ '^pg_'
                \\gexec
                SELECT 'large objects', count(*) FROM pg_largeobject_metadata HAVING count(*) > 0;
                COMMIT;
                """);
        Map<String, Long> counts = new TreeMap<>();
        rows.lines().forEach(row -> {
            int bar = row.lastIndexOf('|');
            counts.put(row.substring(0, bar), Long.parseLong(row.substring(bar + 1)));
        });
        return counts;
    }

    /// Whoever connects from now on can only read; who is connected must connect anew.
    @Override
    public void freeze(Service service, Inside inside) throws InterruptedException {
        String database = Client.database(service);
        String others = new Client(service, inside).sqlFromAway(("SELECT string_agg(datname, ', ') FROM pg_database WHERE NOT datistemplate"
                + " AND datname NOT IN ('postgres', %s, %s, %s);").formatted(Client.literal(Restore.INCOMING), Client.literal(Restore.OUTGOING),
                        Client.literal(database))).strip();
        if (!others.isEmpty()) {
            throw new UserError("The server of " + service.name() + " has further databases, which would not be carried over: " + others
                    + ". Dump them and drop them first");
        }
        new Client(service, inside).sqlFromAway("ALTER DATABASE %s SET default_transaction_read_only = on;\n%s".formatted(Client.name(database),
                Restore.disconnecting(database)));
    }

    @Override
    public void thaw(Service service, Inside inside) throws InterruptedException {
        String database = Client.database(service);
        new Client(service, inside).sqlFromAway("ALTER DATABASE %s RESET default_transaction_read_only;\n%s".formatted(Client.name(database),
                Restore.disconnecting(database)));
    }
}
