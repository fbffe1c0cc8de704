package hokku.testkit;

import hokku.api.Env;
import hokku.api.Service;
import hokku.api.UserError;
import hokku.api.spi.Datastore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// A datastore whose services are in memory, for tests of what uses one. Like a real one it does everything through commands in a
/// container; [#newContainer] makes such a container.
///
/// A service holds texts by keys. A dump begins with `FAKE`, has a line for each, and ends with the number of them.
public final class FakeDatastore implements Datastore {
    private static final String HEAD = "FAKE";
    private static final String END = "END ";
    private static final int PORT = 5050;

    private final String name;

    public FakeDatastore(String name) {
        this.name = name;
    }

    /// A container with an empty service.
    public static Container newContainer() {
        return new Container();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String title() {
        return "Fake";
    }

    @Override
    public String image() {
        return name;
    }

    @Override
    public String version() {
        return "1";
    }

    @Override
    public List<Integer> ports() {
        return List.of(PORT);
    }

    @Override
    public String folder(Service service) {
        return "/data";
    }

    @Override
    public Startup startup(Service service) {
        return new Startup(List.of("serve"), Env.EMPTY, Map.of("/etc/password", service.password().getBytes(StandardCharsets.UTF_8)));
    }

    @Override
    public Call ready(Service service) {
        return Call.of("ready");
    }

    @Override
    public String address(Service service, String host, int port) {
        return name + "://:" + URLEncoder.encode(service.password(), StandardCharsets.UTF_8).replace("+", "%20").replace("*", "%2A") + "@" + host + ":" + port
                + "/" + service.database();
    }

    @Override
    public String variable() {
        return "DATABASE_URL";
    }

    @Override
    public Call connect(Service service) {
        return Call.of("connect").with("PASSWORD", service.password());
    }

    @Override
    public long size(Service service, Inside inside) throws InterruptedException {
        return Long.parseLong(inside.text(Call.of("size")));
    }

    @Override
    public void dump(Service service, Inside inside, OutputStream to) throws InterruptedException {
        run(inside, Call.of("dump"), InputStream.nullInputStream(), to);
    }

    @Override
    public void restore(Service service, Inside inside, InputStream from) throws InterruptedException {
        run(inside, Call.of("restore"), from, OutputStream.nullOutputStream());
    }

    @Override
    public String verify(Service service, Inside inside, InputStream dump) throws IOException {
        return Container.parsed(dump).size() + " keys";
    }

    @Override
    public Map<String, Long> contents(Service service, Inside inside) throws InterruptedException {
        return Map.of("keys", Long.parseLong(inside.text(Call.of("count"))));
    }

    @Override
    public void freeze(Service service, Inside inside) throws InterruptedException {
        inside.text(Call.of("freeze"));
    }

    @Override
    public void thaw(Service service, Inside inside) throws InterruptedException {
        inside.text(Call.of("thaw"));
    }

    @Override
    public Optional<String> note(Service service, Inside inside) {
        return Optional.of("in memory");
    }

    private static void run(Inside inside, Call call, InputStream in, OutputStream out) throws InterruptedException {
        Inside.Result result = inside.run(call, in, out);
        if (result.exit() != 0) {
            throw new UserError(result.errors());
        }
    }

    /// The container of a service: the commands `ready`, `put <key> <value>`, `get <key>`, `count`, `size`, `dump`, `restore`, `freeze`,
    /// `thaw`.
    public static final class Container implements Inside {
        private SortedMap<String, String> data = new TreeMap<>();
        private Optional<String> failure = Optional.empty();
        private boolean frozen;

        /// Lets every command fail from now on; empty ends that.
        public synchronized void fail(Optional<String> message) {
            failure = message;
        }

        /// What the service holds.
        public synchronized SortedMap<String, String> data() {
            return new TreeMap<>(data);
        }

        @Override
        public synchronized Result run(Call call, InputStream in, OutputStream out) throws InterruptedException {
            if (Thread.interrupted()) {
                throw new InterruptedException("the command was cancelled");
            }
            if (failure.isPresent()) {
                return new Result(1, failure.get());
            }
            try {
                out.write(said(call.words(), in).getBytes(StandardCharsets.UTF_8));
                return new Result(0, "");
            } catch (UserError refused) {
                return new Result(1, refused.getMessage());
            } catch (IOException broken) {
                throw new UncheckedIOException(broken);
            }
        }

        @Override
        public String text(Call call) throws InterruptedException {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            FakeDatastore.run(this, call, InputStream.nullInputStream(), out);
            return out.toString(StandardCharsets.UTF_8);
        }

        private String said(List<String> words, InputStream in) throws IOException {
            return switch (words.getFirst()) {
                case "put" -> put(words.get(1), words.get(2));
                case "get" -> data.getOrDefault(words.get(1), "");
                case "count" -> Integer.toString(data.size());
                case "size" -> Integer.toString(written().length());
                case "dump" -> written();
                case "restore" -> restored(in);
                case "freeze" -> frozen(true);
                case "thaw" -> frozen(false);
                default -> "";
            };
        }

        private String put(String key, String value) {
            if (frozen) {
                throw new UserError("The service is frozen");
            }
            data.put(key, value);
            return "";
        }

        private String frozen(boolean now) {
            frozen = now;
            return "";
        }

        private String restored(InputStream in) throws IOException {
            data = parsed(in);
            return "";
        }

        private String written() {
            StringBuilder text = new StringBuilder(HEAD).append('\n');
            data.forEach((key, value) -> text.append(key).append('=').append(value).append('\n'));
            return text.append(END).append(data.size()).append('\n').toString();
        }

        private static SortedMap<String, String> parsed(InputStream in) throws IOException {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            List<String> lines = text.lines().toList();
            if (!text.startsWith(HEAD + "\n") || !text.endsWith("\n") || !lines.getLast().equals(END + (lines.size() - 2))) {
                throw new UserError("The input is no dump, or not a whole one");
            }
            SortedMap<String, String> read = new TreeMap<>();
            lines.subList(1, lines.size() - 1).forEach(line -> read.put(line.substring(0, line.indexOf('=')), line.substring(line.indexOf('=') + 1)));
            return read;
        }
    }
}
