package hokku.testkit;

import hokku.api.BuiltImage;
import hokku.api.Output;
import hokku.api.ProcessType;
import hokku.api.Source;
import hokku.api.UserError;
import hokku.api.spi.Builder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;

/// Builds nothing, by a file `Fakefile`: each line is printed; `FAIL` refuses, `WAIT` never ends.
public final class FakeBuilder implements Builder {
    private static final String FILE = "Fakefile";

    private final String name;

    public FakeBuilder() {
        this("fake");
    }

    public FakeBuilder(String name) {
        this.name = name;
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
