package hokku.testkit;

import hokku.api.App;
import hokku.api.AppId;
import hokku.api.BuiltImage;
import hokku.api.Output;
import hokku.api.ProcessType;
import hokku.api.Source;
import hokku.api.UserError;
import hokku.api.hook.Order;
import hokku.api.spi.Builder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/// Builds nothing, by a file `Fakefile`: each line is printed; `FAIL` refuses, `WAIT` never ends. Keeps which apps it has built as its cache.
public final class FakeBuilder implements Builder {
    private static final String FILE = "Fakefile";

    private final String name;
    private final Order order;
    private final Set<AppId> cached = ConcurrentHashMap.newKeySet();

    public FakeBuilder() {
        this("fake");
    }

    public FakeBuilder(String name) {
        this(name, Order.NORMAL);
    }

    public FakeBuilder(String name, Order order) {
        this.name = name;
        this.order = order;
    }

    /// Whether it keeps something of an app.
    public boolean keeps(App app) {
        return cached.contains(app.id());
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String wants() {
        return "a " + FILE;
    }

    @Override
    public boolean accepts(Source source) throws IOException {
        return source.tree().read(FILE).isPresent();
    }

    @Override
    public Order order(Source source) {
        return order;
    }

    @Override
    public void purgeCache(App app) {
        cached.remove(app.id());
    }

    @Override
    public BuiltImage build(Source source, Output out) throws IOException, InterruptedException {
        String text = source.tree().readText(FILE).orElseThrow(() -> new UserError("There is no " + FILE + ". Add one"));
        for (String line : text.lines().toList()) {
            if (line.equals("FAIL")) {
                throw new UserError("The " + FILE + " says FAIL. Remove that line");
            }
            if (line.equals("WAIT")) {
                new CountDownLatch(1).await();
            }
            out.line(line);
        }
        cached.add(source.app().id());
        TreeMap<ProcessType, List<String>> processes = new TreeMap<>();
        processes.put(ProcessType.WEB, List.of());
        return BuiltImage.of(source, "sha256:" + digest(source.commit() + text), name, processes, List.of());
    }

    private static String digest(String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
