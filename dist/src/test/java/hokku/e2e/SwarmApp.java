package hokku.e2e;

import java.util.HashMap;
import java.util.Map;

/// An app whose pages tell which container answers: its release, its host name and its place among the containers.
final class SwarmApp {
    private static final String DOCKERFILE = """
            FROM busybox:latest
            LABEL %s
            COPY page /page
            EXPOSE 5000
            STOPSIGNAL SIGKILL
            CMD ["sh", "-c", "mkdir /www; echo -n $(cat /page) $(hostname) $DYNO >/www/index.html; echo started $DYNO; exec httpd -f -p 5000 -h /www"]
            """;
    /// Who answers on this port of the machine that a container is on says that the machine is unfit.
    static final int UNFIT_PORT = 7999;
    private static final String CHECK = """
            {"healthchecks": {"web": [{"type": "startup", "name": "fit machine", "attempts": 2, "wait": 1, "timeout": 5, "command": ["sh", "-c",
              "machine=$(ip route | awk '/^default/ {print $3}'); test -n \\"$machine\\" && ! echo | nc -w 2 $machine %d"]}]}}
            """.formatted(UNFIT_PORT);

    private SwarmApp() {}

    /// @param release one word
    static Map<String, String> source(String release) {
        return Map.of("Dockerfile", DOCKERFILE.formatted(Sources.MARK), "page", release);
    }

    /// The same, checked in each container: machines that [SwarmServer#makeUnfit] made unfit do not pass.
    static Map<String, String> checked(String release) {
        Map<String, String> files = new HashMap<>(source(release));
        files.put("app.json", CHECK);
        return files;
    }

    /// What a page tells.
    record Page(String release, String host, String dyno) {
        static Page of(Web.Answer answer) {
            String[] words = answer.body().split(" ");
            if (answer.status() != 200 || words.length != 3) {
                throw new AssertionError("not a page of the app: " + answer);
            }
            return new Page(words[0], words[1], words[2]);
        }
    }
}
