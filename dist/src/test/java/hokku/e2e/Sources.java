package hokku.e2e;

import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/// Repositories of small apps.
public final class Sources {
    /// The label of every layer that this run of the tests makes, by which one that nobody owns is found.
    static final String MARK = "hokku.e2e=" + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());

    private static final String DOCKERFILE = """
            FROM busybox:latest
            LABEL %s
            %sCOPY page /www/index.html
            EXPOSE 5000
            STOPSIGNAL SIGKILL
            CMD ["sh", "-c", "env > /www/env; echo started; exec httpd -f -p 5000 -h /www"]
            """;

    private Sources() {}

    /// Answers with a page, and with its environment at `/env`.
    public static Map<String, String> page(String text) {
        return Map.of("Dockerfile", DOCKERFILE.formatted(MARK, ""), "page", text);
    }

    /// The same with one more step in its build.
    static Map<String, String> page(String text, String step) {
        return Map.of("Dockerfile", DOCKERFILE.formatted(MARK, "RUN " + step + "\n"), "page", text);
    }
}
