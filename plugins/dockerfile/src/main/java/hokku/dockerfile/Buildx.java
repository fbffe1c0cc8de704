package hokku.dockerfile;

import hokku.api.UserError;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The program `docker buildx`, by which BuildKit is reached; the engine's client library knows nothing of it.
final class Buildx {
    /// What to do where BuildKit is wanted and is not there.
    static final String ADVICE = "Install the plugin buildx of the program docker on the server: apt-get install docker-buildx on Debian 13"
            + " and Ubuntu, docker-buildx-plugin with Docker's own packages";

    private static final Logger LOG = LoggerFactory.getLogger(Buildx.class);
    private static final String DOCKER_HOST = "DOCKER_HOST";
    private static final String CERTIFICATES = "DOCKER_CERT_PATH";
    private static final String USUAL_HOST = "unix:///var/run/docker.sock";
    /// What the program gets of the server's environment. All that could lead it to another engine or builder is missing.
    private static final Set<String> PASSED_ON = Set.of("PATH", "HOME", "DOCKER_CONFIG", "TMPDIR", "LANG", "SSL_CERT_FILE", "SSL_CERT_DIR",
            "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy");
    /// The first minor version that tells its progress as JSON.
    private static final int OLDEST_MINOR = 13;
    private static final Pattern VERSION = Pattern.compile("\\bv?(\\d+)\\.(\\d+)\\.\\d+");
    private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(10);
    private static final Duration BELIEVED = Duration.ofMinutes(1);
    private static final Duration ENDS_WITHIN = Duration.ofMillis(1500);

    private final List<String> program;
    private final Map<String, String> environment;
    private final LongSupplier clock;
    /// When it was last seen to work. Guarded by this.
    private Optional<Long> seen = Optional.empty();

    /// @param program the words that call it: `docker`, `buildx`
    /// @param environment the server's
    /// @param clock nanoseconds from any moment on
    Buildx(List<String> program, Map<String, String> environment, LongSupplier clock) {
        this.program = List.copyOf(program);
        this.environment = Map.copyOf(environment);
        this.clock = clock;
    }

    static Buildx ofThisServer() {
        return new Buildx(List.of("docker", "buildx"), System.getenv(), System::nanoTime);
    }

    /// Why it cannot be used; empty when it can. A plugin that was there a moment ago is believed to be there still; one that was
    /// not is looked for again, since somebody may have been told to install it.
    synchronized Optional<String> missing() throws InterruptedException {
        if (seen.isPresent() && clock.getAsLong() - seen.get() < BELIEVED.toNanos()) {
            return Optional.empty();
        }
        Optional<String> missing = ask();
        seen = missing.isEmpty() ? Optional.of(clock.getAsLong()) : Optional.empty();
        return missing;
    }

    /// The same, asked anew: after a call that came to nothing.
    synchronized Optional<String> missingNow() throws InterruptedException {
        seen = Optional.empty();
        return missing();
    }

    private Optional<String> ask() throws InterruptedException {
        try {
            Process process = process(List.of("version"), Map.of())
                    .redirectOutput(ProcessBuilder.Redirect.PIPE).redirectError(ProcessBuilder.Redirect.DISCARD).start();
            try {
                process.getOutputStream().close();
                if (!process.waitFor(ANSWERS_WITHIN.toSeconds(), TimeUnit.SECONDS)) {
                    return Optional.of("docker buildx does not answer");
                }
                String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                return process.exitValue() == 0 ? tooOld(said) : Optional.of("the program docker of this server has no plugin buildx");
            } finally {
                end(process);
            }
        } catch (IOException none) {
            return Optional.of("this server has no program docker");
        }
    }

    private static Optional<String> tooOld(String said) {
        Matcher version = VERSION.matcher(said);
        boolean old = version.find() && Integer.parseInt(version.group(1)) == 0 && Integer.parseInt(version.group(2)) < OLDEST_MINOR;
        return old ? Optional.of("buildx " + version.group() + " of this server is too old: it takes 0." + OLDEST_MINOR) : Optional.empty();
    }

    /// Nothing secret may be among the words: everybody on the machine can read them.
    ///
    /// @param further variables for it, which take precedence
    ProcessBuilder process(List<String> words, Map<String, String> further) {
        ProcessBuilder builder = new ProcessBuilder(Stream.concat(program.stream(), words.stream()).toList())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD);
        builder.environment().clear();
        builder.environment().putAll(environment(further));
        return builder;
    }

    private Map<String, String> environment(Map<String, String> further) {
        Map<String, String> all = new HashMap<>(environment);
        all.keySet().retainAll(PASSED_ON);
        all.putAll(further);
        // said here, lest a context that somebody chose for the program says otherwise
        all.put(DOCKER_HOST, host());
        if (!isLocal() && !environment.getOrDefault(CERTIFICATES, "").isBlank()) {
            all.put(CERTIFICATES, environment.get(CERTIFICATES));
            all.put("DOCKER_TLS_VERIFY", "1");
        }
        all.put("BUILDX_NO_DEFAULT_ATTESTATIONS", "1");
        return all;
    }

    /// Whether the engine is on this machine.
    boolean isLocal() {
        return host().startsWith("unix:");
    }

    /// Where the server's own engine listens.
    private String host() {
        return environment.getOrDefault(DOCKER_HOST, USUAL_HOST);
    }

    /// Removes from the engine's cache what was not used for longest, until no more is left than this.
    void prune(String most) throws IOException, InterruptedException {
        Process process = process(List.of("prune", "--builder", "default", "--force", "--keep-storage", most), Map.of()).start();
        try {
            process.getOutputStream().close();
            int code = process.waitFor();
            if (code != 0) {
                String said = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8).strip();
                throw new UserError(UserError.FAILED, "The cache of BuildKit could not be pruned: " + said);
            }
        } finally {
            end(process);
        }
    }

    /// Ends the builds of servers that did not live to end them: those that make images of such names, but this process' own.
    static void endOrphans(String names) {
        List<ProcessHandle> orphans = ProcessHandle.allProcesses().filter(process -> builds(process, names) && !descends(process)).toList();
        orphans.forEach(orphan -> LOG.warn("Ending the build {} of a server that is gone", orphan.pid()));
        end(orphans);
    }

    private static boolean builds(ProcessHandle process, String names) {
        List<String> words = List.of(process.info().arguments().orElse(new String[0]));
        return words.contains("build") && words.contains("--iidfile") && words.stream().anyMatch(word -> word.startsWith(names));
    }

    private static boolean descends(ProcessHandle process) {
        for (Optional<ProcessHandle> one = Optional.of(process); one.isPresent(); one = one.get().parent()) {
            if (one.get().equals(ProcessHandle.current())) {
                return true;
            }
        }
        return false;
    }

    /// Ends a process with all that it started, by force if it does not go by itself. Does nothing to one that has ended.
    static void end(Process process) {
        end(Stream.concat(Stream.of(process.toHandle()), process.descendants()).filter(ProcessHandle::isAlive).toList());
    }

    private static void end(List<ProcessHandle> all) {
        if (!all.isEmpty()) {
            Undisturbed.run("end docker buildx", () -> {
                all.forEach(ProcessHandle::destroy);
                long deadline = System.nanoTime() + ENDS_WITHIN.toNanos();
                for (ProcessHandle one : all) {
                    try {
                        one.onExit().get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
                    } catch (TimeoutException stays) {
                        one.destroyForcibly();
                    }
                }
            });
        }
    }
}
