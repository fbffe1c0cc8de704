package hokku.bench;

import hokku.e2e.TestServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// (c) `ssh host apps:list` on a new connection, against OpenSSH running `true`, in turn.
final class Connections {
    private static final int WARM_UP = 20;
    private static final String SAME = "KexAlgorithms=curve25519-sha256";

    private final int runs;
    private final TestServer server;
    private final ByHand byHand;

    Connections(int runs, TestServer server, ByHand byHand) {
        this.runs = runs;
        this.server = server;
        this.byHand = byHand;
    }

    void measure(Table table) throws IOException, InterruptedException {
        List<String> list = server.words("apps:list");
        List<String> nothing = byHand.words("true");
        Times hokku = new Times();
        Times openSsh = new Times();
        Commands.inTurn(WARM_UP, runs, () -> Commands.timed(list), hokku, () -> Commands.timed(nothing), openSsh);
        table.figure("(c) ssh host apps:list, new connection; by hand: true", runs, hokku, openSsh, "not slower",
                hokku.median() <= openSsh.median(), "%.2f times as long".formatted(hokku.median() / openSsh.median()));
        table.detail("key exchange that client and server agree on", 1, keyExchange(list), keyExchange(nothing));
        Times hokkuSame = new Times();
        Times openSshSame = new Times();
        Commands.inTurn(WARM_UP, runs, () -> Commands.timed(with(SAME, list)), hokkuSame,
                () -> Commands.timed(with(SAME, nothing)), openSshSame);
        table.detail("the same with " + SAME + " for both", runs, hokkuSame, openSshSame);
    }

    private static List<String> with(String option, List<String> words) {
        List<String> all = new ArrayList<>(words);
        all.addAll(1, List.of("-o", option));
        return all;
    }

    /// What the client and the server agreed on.
    private static String keyExchange(List<String> words) throws IOException {
        List<String> verbose = words.stream().map(word -> word.replace("LogLevel=ERROR", "LogLevel=DEBUG1")).toList();
        Process process = new ProcessBuilder(verbose).redirectErrorStream(true).start();
        process.getOutputStream().close();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines()
                .filter(line -> line.contains("kex: algorithm: ")).map(line -> line.replaceFirst(".*algorithm: ", "")).findFirst()
                .orElse("unknown");
    }
}
