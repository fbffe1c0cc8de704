package hokku.e2e;

import java.util.Map;

/// Repositories of small apps.
public final class Sources {
    private static final String DOCKERFILE = """
            FROM busybox:latest
            %sCOPY page /www/index.html
            EXPOSE 5000
            STOPSIGNAL SIGKILL
            CMD ["sh", "-c", "env > /www/env; echo started; exec httpd -f -p 5000 -h /www"]
            """;

    private Sources() {}

    /// Answers with a page, and with its environment at `/env`.
    public static Map<String, String> page(String text) {
        return Map.of("Dockerfile", DOCKERFILE.formatted(""), "page", text);
    }

    /// The same with one more step in its build.
    static Map<String, String> page(String text, String step) {
        return Map.of("Dockerfile", DOCKERFILE.formatted("RUN " + step + "\n"), "page", text);
    }
}
