package hokku.bench;

import hokku.e2e.Running;
import hokku.e2e.TestServer;
import hokku.e2e.WorkTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// (i) `git push` of changed source code that buildpacks build, against the same with a Dockerfile whose layer of dependencies is in the
/// engine's cache: both to the same server, in turn.
final class SourceCode {
    private static final int WARM_UP = 2;
    private static final double MORE_MILLIS = 2000;
    /// The first push of a language prepares its stack.
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    /// A tiny app that answers with its file `page`, and needs what the sample of its language needs.
    private record Language(String name, List<String> dependencies, Map<String, String> code, String install) {}

    private static final List<Language> LANGUAGES = List.of(
            new Language("nodejs", List.of("package.json", "package-lock.json"), Map.of("Procfile", "web: node answer.js\n", "answer.js", """
                    const page = require('fs').readFileSync('page');
                    require('http').createServer((request, response) => response.end(page)).listen(process.env.PORT);
                    """), "npm ci --omit=dev"),
            new Language("python", List.of("requirements.txt"), Map.of("Procfile", "web: python3 answer.py\n", "answer.py", """
                    import http.server, os
                    page = open('page', 'rb').read()

                    class Answer(http.server.BaseHTTPRequestHandler):
                        def do_GET(self):
                            self.send_response(200)
                            self.end_headers()
                            self.wfile.write(page)

                    http.server.ThreadingHTTPServer(('', int(os.environ['PORT'])), Answer).serve_forever()
                    """), "python3 -m venv /venv && /venv/bin/pip install -q -r requirements.txt"));

    private final int runs;
    private final TestServer server;

    SourceCode(int runs, TestServer server) {
        this.runs = runs;
        this.server = server;
    }

    void measure(Table table) throws IOException, InterruptedException {
        for (Language language : LANGUAGES) {
            measure(language, table);
        }
    }

    private void measure(Language language, Table table) throws IOException, InterruptedException {
        String app = language.name() + "-source";
        String rival = language.name() + "-dockerfile";
        WorkTree tree = server.repository(app);
        tree.commit(files(language));
        deploy(tree, app, "the first one");
        WorkTree other = server.repository(rival);
        Map<String, String> files = files(language);
        files.put("Dockerfile", dockerfile(language));
        other.commit(files);
        Times packs = new Times();
        Times dockerfile = new Times();
        for (int run = -WARM_UP; run < runs; run++) {
            long mine = deploy(tree, app, "source " + run);
            long theirs = deploy(other, rival, "dockerfile " + run);
            if (run >= 0) {
                packs.add(mine);
                dockerfile.add(theirs);
            }
        }
        // What is measured next is a server with one app.
        server.dokku("apps:destroy", app, "--force");
        server.dokku("apps:destroy", rival, "--force");
        double more = packs.median() - dockerfile.median();
        table.figure("(i) git push to first 200 of " + language.name() + " source, the same dependencies; beside it with a Dockerfile", runs, packs,
                dockerfile, "+ %.0f ms".formatted(MORE_MILLIS), more <= MORE_MILLIS, "%+.0f ms".formatted(more));
    }

    /// @return how long it took from the push to the first answer
    private long deploy(WorkTree tree, String app, String page) throws IOException, InterruptedException {
        tree.commit(Map.of("page", page));
        long begun = System.nanoTime();
        Running.Result pushed = tree.push(PATIENCE);
        if (pushed.exit() != 0) {
            throw new AssertionError(pushed.text());
        }
        ByHand.awaitPage(server.web(), server.domain(app), page);
        return System.nanoTime() - begun;
    }

    private static Map<String, String> files(Language language) throws IOException {
        Map<String, String> files = new TreeMap<>(language.code());
        for (String file : language.dependencies()) {
            files.put(file, Files.readString(Path.of("samples", language.name(), file)));
        }
        return files;
    }

    /// On the very image that buildpacks build on, so that nothing differs but the way.
    private String dockerfile(Language language) throws IOException, InterruptedException {
        String stack = Running.run(List.of("docker", "image", "ls", "--format", "{{.Repository}}:{{.Tag}}",
                "hokku-" + server.instance() + "-buildstep/stack"), new byte[0]).out().lines().findFirst().orElseThrow();
        return """
                FROM %s
                ENTRYPOINT []
                WORKDIR /app
                COPY %s ./
                RUN %s
                COPY . .
                EXPOSE 5000
                """.formatted(stack, String.join(" ", language.dependencies()), language.install());
    }
}
