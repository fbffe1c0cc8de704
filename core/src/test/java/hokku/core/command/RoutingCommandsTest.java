package hokku.core.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hokku.api.Access;
import hokku.api.App;
import hokku.api.AppName;
import hokku.api.Contributions;
import hokku.api.Domain;
import hokku.api.Env;
import hokku.api.Global;
import hokku.api.PortMapping;
import hokku.api.ProcessType;
import hokku.api.Release;
import hokku.api.UserError;
import hokku.core.deploy.CoreSettings;
import hokku.core.plugin.TestPlugins;
import hokku.testkit.FakeApps;
import hokku.testkit.FakeContext;
import hokku.testkit.RecordingContributions;
import hokku.testkit.RecordingSession;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class RoutingCommandsTest {
    private final FakeApps apps = new FakeApps();
    private final RecordingContributions contributions = new RecordingContributions();
    private final TestPlugins plugins = new TestPlugins();

    @BeforeEach
    void contribute() {
        apps.setGlobal(Global.EMPTY.withDomains(List.of(Domain.of("example.com"))));
        apps.add("hello");
        FakeContext context = new FakeContext("core", apps, Path.of("unused"));
        for (Contributions to : List.of(contributions, plugins.plugin("core"))) {
            new RoutingCommands().contribute(context, to);
            CoreSettings.contribute(context, to);
        }
    }

    private RecordingSession run(String name, String... words) throws Exception {
        RecordingSession session = new RecordingSession();
        contributions.run(session, name, words);
        return session;
    }

    private RecordingSession report(String name, String... words) throws Exception {
        RecordingSession session = new RecordingSession();
        hokku.api.spi.Command command = SettingCommands.derive(plugins.registry(), apps).get(name).get();
        new CommandLine(command).parseArgs(words);
        command.run(session);
        return session;
    }

    private List<String> domains(String app) {
        return apps.domains(apps.get(app)).stream().map(Domain::value).toList();
    }

    private List<String> ports() {
        return apps.get("hello").ports().stream().map(PortMapping::toString).toList();
    }

    @Test
    void anAddedDomainKeepsTheOnesThatWereThere() throws Exception {
        assertThat(run("domains:add", "hello", "WWW.example.org", "hello.example.com").marked()).containsExactly(
                "-----> Added www.example.org to hello", "-----> Skipping: hello.example.com already added to hello");
        assertThat(domains("hello")).containsExactly("hello.example.com", "www.example.org");
        assertThat(apps.get("hello").ownDomains()).isTrue();
    }

    @Test
    void addingWhatIsThereChangesNothing() throws Exception {
        App before = apps.get("hello");
        run("domains:add", "hello", "hello.example.com");
        assertThat(apps.get("hello")).isEqualTo(before);
        assertThat(apps.calls()).isEmpty();
    }

    @Test
    void domainsAreRemovedSetClearedAndReset() throws Exception {
        run("domains:set", "hello", "a.org", "b.org", "a.org");
        assertThat(domains("hello")).containsExactly("a.org", "b.org");
        assertThat(run("domains:remove", "hello", "a.org", "c.org").marked()).containsExactly("-----> Removed a.org from hello",
                "-----> Skipping: c.org is not a domain of hello");
        assertThat(domains("hello")).containsExactly("b.org");
        assertThat(run("domains:clear", "hello").marked()).containsExactly("-----> Cleared domains in hello");
        assertThat(domains("hello")).isEmpty();
        run("domains:reset", "hello");
        assertThat(domains("hello")).containsExactly("hello.example.com");
        assertThat(apps.get("hello").ownDomains()).isFalse();
    }

    @Test
    void theLastDomainCanBeRemoved() throws Exception {
        run("domains:remove", "hello", "hello.example.com");
        assertThat(domains("hello")).isEmpty();
    }

    @Test
    void disabledDomainsComeBackAsTheyWere() throws Exception {
        run("domains:add", "hello", "a.org");
        run("domains:disable", "hello");
        assertThat(domains("hello")).isEmpty();
        assertThat(run("domains:disable", "hello").marked())
                .containsExactly("-----> Domains (VHOST) support is already disabled for app (hello)");
        run("domains:enable", "hello");
        assertThat(domains("hello")).containsExactly("hello.example.com", "a.org");
        run("domains:disable", "hello");
        run("domains:add", "hello", "b.org");
        assertThat(domains("hello")).containsExactly("hello.example.com", "a.org", "b.org");
    }

    @Test
    void aDomainOfAnotherAppIsRefused() {
        apps.add("other");
        assertThatThrownBy(() -> run("domains:add", "other", "hello.example.com")).isInstanceOf(UserError.class)
                .hasMessageContaining("hello");
        assertThat(domains("other")).containsExactly("other.example.com");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a;b.org", "a.org\nserver_name b", "", "a b", "-x.org", "a..org", "http://a.org", "*"})
    void whatIsNoDomainIsRefusedAndNothingChanges(String domain) {
        assertThatThrownBy(() -> run("domains:set", "hello", "good.org", domain)).isInstanceOf(UserError.class);
        assertThatThrownBy(() -> run("domains:set-global", "good.org", domain)).isInstanceOf(UserError.class);
        assertThat(apps.calls()).isEmpty();
    }

    @Test
    void aDomainIsNeeded() {
        assertThatThrownBy(() -> run("domains:add", "hello"))
                .hasMessage("Please specify a domain name. Usage: dokku domains:add <app> <domain> [<domain> ...]");
        assertThatThrownBy(() -> run("domains:add")).hasMessage("Please specify an app to run the command on");
        assertThatThrownBy(() -> run("domains:add-global"))
                .hasMessage("Please specify a domain name. Usage: dokku domains:add-global <domain> [<domain> ...]");
    }

    @Test
    void globalDomainsNameEveryApp() throws Exception {
        assertThat(run("domains:add-global", "apps.org", "example.com").marked()).containsExactly("-----> Added apps.org",
                "-----> Skipping example.com: already added");
        assertThat(domains("hello")).containsExactly("hello.example.com", "hello.apps.org");
        assertThat(run("domains:remove-global", "example.com", "x.org").marked()).containsExactly("-----> Removed example.com",
                "-----> Skipping x.org: not a global domain");
        run("domains:set-global", "c.org", "d.org");
        assertThat(domains("hello")).containsExactly("hello.c.org", "hello.d.org");
        run("domains:clear-global");
        assertThat(domains("hello")).isEmpty();
        run("domains:clear-global");
        assertThat(apps.calls()).hasSize(4).containsOnly("change global");
        assertThatThrownBy(() -> run("domains:add-global", "*.example.com")).hasMessageContaining("Use example.com");
    }

    @Test
    void domainsAreReported() throws Exception {
        run("domains:add", "hello", "a.org");
        assertThat(report("domains:report", "hello").printed()).isEqualTo("""
                       Domains app enabled:           true
                       Domains app vhosts:            hello.example.com a.org
                       Domains global enabled:        true
                       Domains global vhosts:         example.com
                """);
        assertThat(report("domains:report", "hello", "--domains-app-vhosts").printed()).isEqualTo("hello.example.com a.org\n");
        assertThat(report("domains:report", "--global").printed()).isEqualTo("""
                       Domains global enabled:        true
                       Domains global vhosts:         example.com
                """);
    }

    @Test
    void portsAreSetAddedRemovedAndCleared() throws Exception {
        assertThat(run("ports:set", "hello", "http:80:5000").marked()).containsExactly("-----> Set port mappings for hello: http:80:5000");
        run("ports:add", "hello", "http:8080:5001", "http:80:5000");
        assertThat(ports()).containsExactly("http:80:5000", "http:8080:5001");
        run("ports:remove", "hello", "80");
        assertThat(ports()).containsExactly("http:8080:5001");
        assertThat(run("ports:remove", "hello", "http:8080:1", "81").marked()).contains(
                "-----> Skipping http:8080:1: no such port mapping is set for hello", "-----> Skipping 81: no such port mapping is set for hello");
        run("ports:remove", "hello", "http:8080:5001");
        assertThat(ports()).isEmpty();
        run("ports:set", "hello", "http:80:5000");
        run("ports:clear", "hello");
        assertThat(ports()).isEmpty();
    }

    @Test
    void whatIsNoPortMappingIsRefusedAndNothingChanges() {
        Map<String, String> messages = Map.of("http:80", "[len=2]", "http:0:5000", "[hostPort=0]", "http:80:70000", "[containerPort=70000]",
                "http:x:5000", "[hostPort=", "https:443:5000", "only http is supported", "udp:53:53", "only http is supported", "ftp:21:21",
                "Invalid scheme", "http:80:50 00", "[containerPort=", "", "[len=1]");
        messages.forEach((mapping, message) -> {
            assertThatThrownBy(() -> run("ports:set", "hello", mapping)).isInstanceOf(UserError.class).hasMessageContaining(message);
            assertThatThrownBy(() -> run("ports:add", "hello", mapping)).isInstanceOf(UserError.class).hasMessageContaining(message);
        });
        assertThatThrownBy(() -> run("ports:remove", "hello", "http:80")).hasMessageContaining("[len=2]");
        for (String name : List.of("ports:set", "ports:add", "ports:remove")) {
            assertThatThrownBy(() -> run(name, "hello")).hasMessageStartingWith("No port mapping specified");
        }
        assertThat(apps.calls()).isEmpty();
    }

    @Test
    void aPortOfTheProxyLeadsToOnePort() throws Exception {
        assertThatThrownBy(() -> run("ports:set", "hello", "http:80:5000", "http:80:5001"))
                .hasMessage("Error validating port mappings: The same scheme:host-port is being reused: http:80");
        run("ports:set", "hello", "http:80:5000");
        assertThatThrownBy(() -> run("ports:add", "hello", "http:80:5001")).hasMessageContaining("is being reused: http:80");
        assertThat(ports()).containsExactly("http:80:5000");
    }

    @Test
    void portsAreListedInColumns() throws Exception {
        assertThatThrownBy(() -> run("ports:list", "hello")).hasMessage("No port mappings configured for app hello");
        apps.put(apps.get("hello").withRelease(Optional.of(release(3000))));
        RecordingSession detected = run("ports:list", "hello");
        assertThat(detected.marked()).containsExactly("-----> Port mappings for hello");
        assertThat(detected.printed()).isEqualTo("""
                    -----> scheme  host port  container port
                    http           80         3000
                """);
        run("ports:set", "hello", "http:80:5000", "http:8080:5001");
        RecordingSession quiet = new RecordingSession().quietly();
        contributions.run(quiet, "ports:list", "hello");
        assertThat(quiet.printed()).isEqualTo("    http  80    5000\n    http  8080  5001\n");
        assertThat(run("ports:list", "hello", "--format", "json").printed()).isEqualTo(
                "[{\"scheme\":\"http\",\"host_port\":80,\"container_port\":5000},{\"scheme\":\"http\",\"host_port\":8080,\"container_port\":5001}]\n");
        assertThat(report("ports:report", "hello").printed()).isEqualTo("""
                       Ports map:                     http:80:5000 http:8080:5001
                       Ports map detected:            http:80:3000
                """);
    }

    private static Release release(int port) {
        return new Release(AppName.of("hello"), 1, "sha256:1", "hokku/hello:1", "dockerfile", Env.EMPTY,
                new TreeMap<>(Map.of(ProcessType.WEB, List.of())), List.of(port), true, "c0ffee", Map.of(), Map.of(), "tester", Instant.EPOCH);
    }

    @Test
    void theProxyIsSwitchedOffAndOn() throws Exception {
        assertThat(run("proxy:disable", "hello").marked()).containsExactly("-----> Disabling proxy for app (hello)");
        assertThat(apps.get("hello").proxied()).isFalse();
        assertThat(run("proxy:disable", "hello").marked()).containsExactly("-----> Proxy is already disabled for app (hello)");
        assertThat(report("proxy:report", "hello", "--proxy-enabled").printed()).isEqualTo("false\n");
        assertThat(run("proxy:enable", "hello").marked()).containsExactly("-----> Enabling proxy for app (hello)");
        assertThat(apps.get("hello").proxied()).isTrue();
        assertThat(apps.calls()).hasSize(2);
    }

    @Test
    void theProxyReportHasItsSettings() throws Exception {
        assertThat(report("proxy:report", "hello").printed()).isEqualTo("""
                       Proxy enabled:                 true
                       Proxy computed proxy port:     80
                       Proxy computed type:           nginx
                       Proxy global proxy port:
                       Proxy global type:
                       Proxy proxy port:
                       Proxy type:
                """);
    }

    @Test
    void theConfigIsBuiltAnewForOneOrAll() throws Exception {
        apps.add("other");
        run("proxy:build-config", "hello");
        assertThat(apps.calls()).containsExactly("route hello without restart");
        run("proxy:build-config", "--all");
        assertThat(apps.calls()).containsExactly("route hello without restart", "route hello without restart",
                "route other without restart");
        assertThatThrownBy(() -> run("proxy:build-config")).hasMessage("Please specify an app to run the command on");
        assertThatThrownBy(() -> contributions.parsed("proxy:build-config", "hello", "--all").app()).hasMessageContaining("not both");
        assertThat(contributions.parsed("proxy:build-config", "--all").access()).isEqualTo(Access.ADMIN);
    }

    @Test
    void withAllEveryAppGetsItsTurnAndTheFailedOnesAreNamed() {
        apps.add("other");
        apps.failWith(new UserError("nginx refused the config"));
        RecordingSession session = new RecordingSession();
        assertThatThrownBy(() -> contributions.run(session, "proxy:build-config", "--all")).hasMessage("Failed for hello, other; see above");
        assertThat(session.marked()).contains(" !     hello: nginx refused the config", " !     other: nginx refused the config");
    }

    @Test
    void aDefectInOneAppDoesNotKeepTheOthersFromTheirTurnEither() {
        apps.add("other");
        apps.failWith(new IllegalStateException("a bug"));
        RecordingSession session = new RecordingSession();
        assertThatThrownBy(() -> contributions.run(session, "proxy:build-config", "--all")).hasMessage("Failed for hello, other; see above");
        assertThat(session.marked()).anyMatch(line -> line.startsWith(" !     other: ") && line.contains("a bug"));
    }

    @Test
    void whoMayOnlyLookChangesNothing() {
        contributions.commands().keySet().forEach(name -> {
            Access needed = contributions.parsed(name, name.endsWith("-global") ? new String[0] : new String[] {"hello"}).access();
            Access expected = name.endsWith("-global") ? Access.ADMIN : name.equals("ports:list") ? Access.READ : Access.DEPLOY;
            assertThat(needed).as(name).isEqualTo(expected);
        });
    }
}
