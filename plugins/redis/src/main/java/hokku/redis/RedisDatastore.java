package hokku.redis;

import hokku.api.Env;
import hokku.api.Service;
import hokku.api.Uninterruptible;
import hokku.api.UserError;
import hokku.api.spi.Datastore;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Redis, in an image that is made as the official one is.
final class RedisDatastore implements Datastore {
    private static final int PORT = 6379;
    private static final String FOLDER = "/data";
    /// Root's, who hands it to the server on its standard input: the server's user need not be known.
    private static final String CONFIGURATION = "/etc/hokku-redis.conf";
    /// More replicas than there can be: a server that waits for them takes no changes.
    private static final String NEVER_ENOUGH = "1000000";
    private static final Pattern KEYS = Pattern.compile("keys=(\\d+),expires=(\\d+).*");
    private static final Pattern KEYS_READ = Pattern.compile("\\[info] (\\d+) keys read");

    @Override
    public String name() {
        return "redis";
    }

    @Override
    public String title() {
        return "Redis";
    }

    @Override
    public String image() {
        return "redis";
    }

    @Override
    public String version() {
        return "8";
    }

    @Override
    public List<Integer> ports() {
        return List.of(PORT);
    }

    @Override
    public String folder(Service service) {
        return FOLDER;
    }

    @Override
    public String variable() {
        return "REDIS_URL";
    }

    /// Every change is on the disk within a second. Nothing else is saved by itself, so a dump that fails stops no writing.
    @Override
    public Startup startup(Service service) {
        String configuration = """
                requirepass %1$s
                masterauth %1$s
                dir %2$s
                appendonly yes
                appendfsync everysec
                save ""
                repl-diskless-sync no
                """.formatted(quoted(service.password()), FOLDER);
        return new Startup(Script.START.words(FOLDER, CONFIGURATION), Env.EMPTY, Map.of(CONFIGURATION, configuration.getBytes(StandardCharsets.UTF_8)));
    }

    /// As the server's configuration takes a text.
    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    @Override
    public Call ready(Service service) {
        return Script.READY.call(service);
    }

    @Override
    public String address(Service service, String host, int port) {
        return "redis://:" + URLEncoder.encode(service.password(), StandardCharsets.UTF_8).replace("+", "%20").replace("*", "%2A") + "@" + host + ":" + port;
    }

    @Override
    public Call connect(Service service) {
        return RedisCli.call(service);
    }

    @Override
    public long size(Service service, Inside inside) throws InterruptedException {
        return Long.parseLong(new RedisCli(service, inside).info("memory").getOrDefault("used_memory", "0"));
    }

    /// The server takes the client for a replica: it forks, and what the fork sees is what the client gets.
    @Override
    public void dump(Service service, Inside inside, OutputStream to) throws InterruptedException {
        Inside.Result result = inside.run(RedisCli.call(service, "--rdb", "-"), InputStream.nullInputStream(), to);
        if (result.exit() != 0) {
            throw new UserError(UserError.FAILED, "Redis " + service.name() + " could not be dumped: " + result.errors());
        }
    }

    /// The dump is loaded by a second server in the container first, whose replica the service then becomes for a moment: the data
    /// is replaced at once or not at all.
    @Override
    public void restore(Service service, Inside inside, InputStream from) throws Exception {
        run(inside, Script.RECEIVE.call(service, FOLDER), from, "Nothing was restored, and the data is what it was");
        Uninterruptible.call("restore " + service.name(), () -> run(inside, Script.ADOPT.call(service, FOLDER, CONFIGURATION),
                InputStream.nullInputStream(), "The dump was not restored"));
    }

    @Override
    public String verify(Service service, Inside inside, InputStream dump) throws InterruptedException {
        String said = run(inside, Script.VERIFY.call(service), dump, "The dump is of no use");
        Matcher keys = KEYS_READ.matcher(said);
        return (keys.find() ? keys.group(1) : "0") + " keys";
    }

    private static String run(Inside inside, Call call, InputStream in, String failure) throws InterruptedException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Inside.Result result = inside.run(call, in, out);
        if (result.exit() != 0) {
            throw new UserError(UserError.FAILED, failure + ": " + (result.errors().isBlank()
                    ? "the server ended meanwhile. It starts again with all of the former data, or with all of the dump's where that was done"
                    : result.errors()));
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    /// Keys that expire come and go by themselves: only the others are counted, and a database that has no others is none.
    @Override
    public Map<String, Long> contents(Service service, Inside inside) throws InterruptedException {
        Map<String, Long> contents = new TreeMap<>();
        new RedisCli(service, inside).info("keyspace").forEach((database, counts) -> {
            Matcher keys = KEYS.matcher(counts);
            if (keys.matches() && !keys.group(1).equals(keys.group(2))) {
                contents.put(database, Long.parseLong(keys.group(1)) - Long.parseLong(keys.group(2)));
            }
        });
        return contents;
    }

    @Override
    public void freeze(Service service, Inside inside) throws InterruptedException {
        new RedisCli(service, inside).set("min-replicas-to-write", NEVER_ENOUGH);
    }

    @Override
    public void thaw(Service service, Inside inside) throws InterruptedException {
        new RedisCli(service, inside).set("min-replicas-to-write", "0");
    }

    @Override
    public Optional<String> note(Service service, Inside inside) throws InterruptedException {
        return Optional.of(new RedisCli(service, inside).info("clients").getOrDefault("connected_clients", "0") + " connections");
    }
}
