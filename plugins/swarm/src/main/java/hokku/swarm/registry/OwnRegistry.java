package hokku.swarm.registry;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.model.SwarmInfo;
import hokku.api.Apps;
import hokku.api.Engine;
import hokku.api.Global;
import hokku.api.Output;
import hokku.api.UserError;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/// A registry that Hokku runs, for those who have none: with a certificate and a login of its own, at an address that nodes reach.
///
/// It is started when the first image needs it. Its data is in a volume, so that its container can be made anew whenever something about it
/// changes. Safe for use by several threads.
final class OwnRegistry {
    private static final String FORM = "hokku.registry";
    private static final String SERVER = "hokku.registry.server";
    private static final String UNTIL = "hokku.registry.until";
    private static final Duration CERTIFICATE_LIFE = Duration.ofDays(397);
    private static final Duration RENEWED_BEFORE = Duration.ofDays(60);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration GLANCE = Duration.ofMillis(100);
    private static final String FOLDER = "/etc/hokku-registry";
    private static final String CONFIGURATION = """
            version: 0.1
            log:
              level: warn
              accesslog:
                disabled: true
            storage:
              filesystem:
                rootdirectory: %s
              delete:
                enabled: true
            http:
              addr: :5000
              tls:
                certificate: %s/server.crt
                key: %s/server.key
            auth:
              htpasswd:
                realm: hokku
                path: %s/htpasswd
            """.formatted(RegistryContainer.DATA, FOLDER, FOLDER, FOLDER);

    private final Engine engine;
    private final Apps apps;
    private final OwnFiles files;
    private final Clock clock;
    private final Runnable lost;
    private final RegistryContainer container;
    private final ReentrantLock changing = new ReentrantLock();

    /// @param lost called when nothing is in it any more of what was brought there
    OwnRegistry(Engine engine, Apps apps, OwnFiles files, Clock clock, Runnable lost) {
        this.engine = engine;
        this.apps = apps;
        this.files = files;
        this.clock = clock;
        this.lost = lost;
        this.container = new RegistryContainer(engine);
    }

    /// How it is.
    ///
    /// @param state the engine's word
    /// @param since when its container was started
    /// @param until how long its certificate is valid
    record State(RegistryServer server, String state, Instant since, Instant until) {}

    Optional<State> state() {
        return container.find().map(found -> new State(RegistryServer.of(label(found, SERVER)), found.getState().getStatus(),
                Instant.parse(found.getState().getStartedAt()), Instant.parse(label(found, UNTIL))));
    }

    /// Whether images were ever brought to it.
    boolean exists() {
        return container.find().isPresent();
    }

    /// Makes sure that it runs, as the settings want it.
    ///
    /// @return what one logs in to it with
    Login demand(Output out) throws InterruptedException {
        Global global = apps.global();
        Optional<InspectContainerResponse> found = container.find();
        if (found.isPresent() && isAsWanted(found.get(), global, address(global, found)) && runs(found.get())) {
            return files.login(RegistryServer.of(label(found.get(), SERVER)));
        }
        changing.lockInterruptibly();
        try {
            container.recover();
            return mend(global, currentAddress(global, container.find()), out);
        } finally {
            changing.unlock();
        }
    }

    /// Starts it where it should run and does not, renews its certificate, and follows a new address of this machine.
    void keepUp(Output out) throws InterruptedException {
        changing.lockInterruptibly();
        try {
            container.recover();
            Optional<InspectContainerResponse> found = container.find();
            if (found.isPresent()) {
                mend(apps.global(), currentAddress(apps.global(), found), out);
            }
        } finally {
            changing.unlock();
        }
    }

    private Login mend(Global global, String address, Output out) throws InterruptedException {
        RegistryServer server = server(address, global);
        Optional<InspectContainerResponse> found = container.find();
        if (found.isEmpty() || !isAsWanted(found.get(), global, address)) {
            container.demandImage(global.value(RegistrySettings.IMAGE).orElseThrow(), out);
            out.step((found.isEmpty() ? "Starting Hokku's registry at " : "Starting Hokku's registry anew at ") + server);
            if (container.demandVolume()) {
                lost.run();
            }
            make(global, address, server);
        } else if (!runs(found.get())) {
            out.step("Starting Hokku's registry at " + server);
            container.start();
        } else {
            return files.login(server);
        }
        Login login = files.login(server);
        awaitAnswer(login);
        return login;
    }

    private void make(Global global, String address, RegistryServer server) {
        String image = global.value(RegistrySettings.IMAGE).orElseThrow();
        Login login = files.login(server);
        Authority authority = files.authority();
        Authority.Signed signed = authority.sign(List.of(address, "127.0.0.1", "localhost"), clock.instant(), CERTIFICATE_LIFE);
        Map<String, String> content = new LinkedHashMap<>();
        content.put(RegistryContainer.CONFIGURATION, CONFIGURATION);
        content.put(FOLDER + "/htpasswd", Htpasswd.line(login.username(), login.password()));
        content.put(FOLDER + "/server.crt", signed.certificate());
        content.put(FOLDER + "/server.key", signed.key());
        try {
            if (!isLoopback(address)) {
                EngineTrust.give(engine, image, server, authority.certificate());
            }
            container.replace(new RegistryContainer.Form(image, Authority.isAddress(address) ? address : "", port(global), content,
                    Map.of(FORM, form(global, address), SERVER, server.host(), UNTIL, clock.instant().plus(CERTIFICATE_LIFE).toString())));
        } catch (IOException impossible) {
            throw new IllegalStateException("a file in memory cannot be read", impossible);
        }
    }

    private void awaitAnswer(Login login) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        try (RegistryClient client = client(login)) {
            while (true) {
                try {
                    client.demandAnswer();
                    return;
                } catch (UserError notYet) {
                    if (System.nanoTime() > deadline) {
                        throw new UserError(UserError.UNAVAILABLE, notYet.getMessage() + "\nIts last lines: " + container.lastLines(), notYet);
                    }
                    Thread.sleep(GLANCE);
                }
            }
        }
    }

    RegistryClient client() {
        State now = state().orElseThrow(() -> new UserError("Hokku runs no registry"));
        return client(files.login(now.server()));
    }

    private RegistryClient client(Login login) {
        return new RegistryClient(login, files.authority().certificate());
    }

    /// Frees what no image is made of any more. Nobody may push meanwhile.
    void collect() throws InterruptedException {
        container.run("registry", "garbage-collect", RegistryContainer.CONFIGURATION);
    }

    /// How much it stores, in kilobytes.
    long stored() throws InterruptedException {
        return Long.parseLong(container.run("du", "-sk", RegistryContainer.DATA).split("\\s+")[0]);
    }

    /// A line that lets the engine of a node trust it.
    String trustCommand() {
        return EngineTrust.command(server(currentAddress(apps.global(), container.find()), apps.global()), files.authority().certificate());
    }

    private boolean isAsWanted(InspectContainerResponse found, Global global, String address) {
        return label(found, FORM).equals(form(global, address)) && clock.instant().isBefore(Instant.parse(label(found, UNTIL)).minus(RENEWED_BEFORE));
    }

    private static boolean runs(InspectContainerResponse found) {
        return Boolean.TRUE.equals(found.getState().getRunning()) && !Boolean.TRUE.equals(found.getState().getRestarting());
    }

    private static String form(Global global, String address) {
        return String.join(" ", global.value(RegistrySettings.IMAGE).orElseThrow(), address, String.valueOf(port(global)),
                Integer.toHexString(CONFIGURATION.hashCode()));
    }

    private static int port(Global global) {
        return global.value(RegistrySettings.PORT).orElseThrow();
    }

    private static RegistryServer server(String address, Global global) {
        return RegistryServer.of((address.contains(":") ? "[" + address + "]" : address) + ":" + port(global));
    }

    /// The address that was set, else the one that it has: to ask the swarm takes longer than all the rest.
    private String address(Global global, Optional<InspectContainerResponse> found) {
        return global.value(RegistrySettings.ADDRESS).or(() -> found.map(OwnRegistry::formerAddress))
                .orElseGet(() -> currentAddress(global, found));
    }

    private static String formerAddress(InspectContainerResponse found) {
        return label(found, FORM).split(" ")[1];
    }

    /// The address that was set, else what the swarm knows this machine by; one that left its swarm keeps what it had.
    private String currentAddress(Global global, Optional<InspectContainerResponse> found) {
        return global.value(RegistrySettings.ADDRESS)
                .or(() -> Optional.ofNullable(engine.client().infoCmd().exec().getSwarm()).map(SwarmInfo::getNodeAddr).filter(address -> !address.isEmpty()))
                .or(() -> found.map(OwnRegistry::formerAddress))
                .orElseThrow(() -> new UserError("No registry is set, and Hokku cannot run one: this engine is in no swarm, so that nothing tells the address that"
                        + " nodes reach it by. Set it: dokku registry:set --global address <address>; or use a registry that is there already:"
                        + " dokku registry:set --global server <registry>"));
    }

    /// Engines accept every certificate there.
    private static boolean isLoopback(String address) {
        return address.equals("localhost") || Authority.isAddress(address) && InetAddress.ofLiteral(address).isLoopbackAddress();
    }

    private static String label(InspectContainerResponse found, String label) {
        return Optional.ofNullable(found.getConfig().getLabels()).map(labels -> labels.get(label))
                .orElseThrow(() -> new UserError("The container of Hokku's registry was made by something else. Remove it: docker rm -f " + found.getName()));
    }
}
