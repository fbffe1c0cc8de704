package hokku.swarm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.dockerjava.api.model.ContainerSpec;
import com.github.dockerjava.api.model.EndpointResolutionMode;
import com.github.dockerjava.api.model.HealthCheck;
import com.github.dockerjava.api.model.PortConfig;
import com.github.dockerjava.api.model.ServiceRestartCondition;
import com.github.dockerjava.api.model.ServiceRestartPolicy;
import com.github.dockerjava.api.model.ServiceSpec;
import hokku.api.App;
import hokku.api.AppId;
import hokku.api.AppName;
import hokku.api.Check;
import hokku.api.Engine;
import hokku.api.Env;
import hokku.api.Global;
import hokku.api.ProcessSpec;
import hokku.api.ProcessType;
import hokku.api.UserError;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ServiceFormTest {
    private App app = App.create(AppName.of("hello"), AppId.of("0123456789abcdef"), Instant.EPOCH, Global.EMPTY);

    private ProcessSpec web() {
        return ProcessSpec.of(ProcessSpec.Kind.DEPLOY, app.name(), app.id(), "r12-ab", 12, ProcessType.WEB, "sha256:1").withPorts(List.of(5000))
                .withEnv(Env.EMPTY.with("PORT", "5000"));
    }

    private ServiceSpec service(ProcessSpec spec, int first, int count) {
        return new ServiceForm(app, "registry:5000/hello@sha256:2", "net", "i1").service(spec, first, count);
    }

    private ContainerSpec container(ProcessSpec spec) {
        return service(spec, 1, 1).getTaskTemplate().getContainerSpec();
    }

    private static Check check(Check.Probe probe) {
        return new Check("mine", probe, 3, Duration.ofSeconds(5), Duration.ofSeconds(2), Duration.ofSeconds(7), false);
    }

    @Test
    void namesAreSuchAsTheSwarmTakes() {
        ServiceForm form = new ServiceForm(app, "registry:5000/hello@sha256:2", "net", "i1");
        ProcessSpec longest = ProcessSpec.of(ProcessSpec.Kind.DEPLOY, AppName.of("a.b".repeat(21)), app.id(), "d", Integer.MAX_VALUE,
                ProcessType.of("w".repeat(63)), "sha256:1");
        assertThat(form.service(longest, 1, 1).getName()).hasSize(63).matches("a-ba-b[ab-]+-w+-2147483647");
        ProcessSpec dotted = ProcessSpec.of(ProcessSpec.Kind.DEPLOY, AppName.of("www.example.com"), app.id(), "d", 3, ProcessType.WEB, "sha256:1");
        assertThat(form.service(dotted, 1, 1).getName()).isEqualTo("www-example-com-web-3");
        assertThat(ServiceForm.another(form.service(longest, 1, 1).getName(), "4f2a")).hasSize(63).endsWith("-4f2a");
    }

    @Test
    void aServiceIsNamedAfterAppProcessAndRelease() {
        ServiceSpec service = service(web(), 1, 3);
        assertThat(service.getName()).isEqualTo("hello-web-12");
        assertThat(service.getMode().getReplicated().getReplicas()).isEqualTo(3);
        assertThat(service.getLabels()).containsEntry(Engine.INSTANCE_LABEL, "i1").containsEntry("hokku.id", app.id().value())
                .containsEntry("hokku.deploy", "r12-ab").containsEntry("hokku.first", "1").containsEntry("hokku.count", "3")
                .containsEntry("hokku.ports", "5000").doesNotContainKey("hokku.proven");
    }

    @Test
    void aNameIsNeverLongerThanTheSwarmTakes() {
        app = app.withName(AppName.of("a".repeat(63)));
        String name = service(web(), 1, 1).getName();
        assertThat(name).hasSize(63).endsWith("a-web-12");
        assertThat(ServiceForm.another(name, "x1y2")).hasSize(63).endsWith("-x1y2");
        assertThat(ServiceForm.another("hello-web-12", "x1y2")).isEqualTo("hello-web-12-x1y2");
    }

    @Test
    void containersDoNotCarryWhatOtherSchedulersLookFor() {
        assertThat(container(web()).getLabels()).doesNotContainKeys(Engine.INSTANCE_LABEL, "hokku.kind");
    }

    @Test
    void eachNodeChoosesPortsForWhatIsRoutedOrChecked() {
        List<Check> checks = List.of(check(new Check.Http("/", "", Map.of(), OptionalInt.of(9000))), check(new Check.Listening(OptionalInt.empty())));
        ServiceSpec service = service(web().withChecks(checks, true, Duration.ofSeconds(60)), 1, 1);
        assertThat(service.getEndpointSpec().getMode()).isEqualTo(EndpointResolutionMode.DNSRR);
        assertThat(service.getEndpointSpec().getPorts()).extracting(PortConfig::getTargetPort, PortConfig::getPublishedPort, PortConfig::getPublishMode)
                .containsExactly(org.assertj.core.groups.Tuple.tuple(5000, 0, PortConfig.PublishMode.host),
                        org.assertj.core.groups.Tuple.tuple(9000, 0, PortConfig.PublishMode.host));
    }

    @Test
    void fixedPortsAreThoseOfTheNodes() {
        PortConfig port = service(web().withPorts(List.of()).withPublished(List.of("53:5353/udp")), 1, 1).getEndpointSpec().getPorts().getFirst();
        assertThat(port.getPublishedPort()).isEqualTo(53);
        assertThat(port.getTargetPort()).isEqualTo(5353);
        assertThat(port.getProtocol()).hasToString("UDP");
        assertThatThrownBy(() -> service(web().withPublished(List.of("127.0.0.1:53:53")), 1, 1)).isInstanceOf(UserError.class)
                .hasMessageContaining("Leave the address away: 53:53");
    }

    @Test
    void whatLooksLikeATemplateStaysAsItIs() {
        assertThat(ServiceForm.variables(Env.EMPTY.with("A", "{{.Node.ID}} {{x}}").with("B", "{x}"), "web.", 1, 2))
                .containsExactly("A={{\"{{\"}}.Node.ID}} {{\"{{\"}}x}}", "B={x}", "DYNO=web.{{.Task.Slot}}");
    }

    @Test
    void furtherContainersAreCountedOn() {
        assertThat(ServiceForm.variables(Env.EMPTY, "web.", 3, 2))
                .containsExactly("DYNO=web.{{if eq .Task.Slot \"1\"}}3{{else if eq .Task.Slot \"2\"}}4{{end}}");
    }

    @Test
    void aCommandIsCheckedByTheNode() {
        HealthCheck health = container(web().withChecks(List.of(check(new Check.Exec(List.of("test", "-e", "/a b")))), true, Duration.ofSeconds(60)))
                .getHealthCheck();
        assertThat(health.getTest()).containsExactly("CMD", "test", "-e", "/a b");
        assertThat(health.getRetries()).isEqualTo(3);
        assertThat(health.getInterval()).isEqualTo(2_000_000_000L);
        assertThat(health.getStartPeriod()).isEqualTo(7_000_000_000L);
    }

    @Test
    void severalCommandsAreCheckedInTurn() {
        List<Check> checks = List.of(check(new Check.Exec(List.of("echo", "it's"))), check(new Check.Exec(List.of("true"))));
        assertThat(container(web().withChecks(checks, true, Duration.ofSeconds(60))).getHealthCheck().getTest())
                .containsExactly("CMD-SHELL", "'echo' 'it'\\''s' && 'true'");
    }

    @Test
    void restartPoliciesAreThoseOfTheEngine() {
        assertThat(restarts("no").getCondition()).isEqualTo(ServiceRestartCondition.NONE);
        assertThat(restarts("unless-stopped").getCondition()).isEqualTo(ServiceRestartCondition.ANY);
        assertThat(restarts("always").getCondition()).isEqualTo(ServiceRestartCondition.ANY);
        assertThat(restarts("on-failure:7").getCondition()).isEqualTo(ServiceRestartCondition.ON_FAILURE);
        assertThat(restarts("on-failure:7").getMaxAttempts()).isEqualTo(7);
        assertThat(restarts("on-failure").getMaxAttempts()).isNull();
    }

    private ServiceRestartPolicy restarts(String policy) {
        return service(web().withRestartPolicy(policy), 1, 1).getTaskTemplate().getRestartPolicy();
    }

    @Test
    void limitsReservationsAndPlacesFollowFromTheApp() {
        app = app.withSetting(SwarmSettings.RESERVED_MEMORY, "256m").withSetting(SwarmSettings.RESERVED_CPUS, "0.5")
                .withSetting(SwarmSettings.CONSTRAINTS, "node.labels.disk==ssd node.role!=manager").withSetting(SwarmSettings.SPREAD, "node.labels.zone");
        ServiceSpec service = service(web().withLimits(OptionalLong.of(1 << 29), Optional.of(2.0)), 1, 1);
        assertThat(service.getTaskTemplate().getResources().getLimits().getMemoryBytes()).isEqualTo(1 << 29);
        assertThat(service.getTaskTemplate().getResources().getLimits().getNanoCPUs()).isEqualTo(2_000_000_000L);
        assertThat(service.getTaskTemplate().getResources().getReservations().getMemoryBytes()).isEqualTo(1 << 28);
        assertThat(service.getTaskTemplate().getResources().getReservations().getNanoCPUs()).isEqualTo(500_000_000L);
        assertThat(service.getTaskTemplate().getPlacement().getConstraints()).containsExactly("node.labels.disk==ssd", "node.role!=manager");
        assertThat(((Placement) service.getTaskTemplate().getPlacement()).getPreferences())
                .containsExactly(Map.of("Spread", Map.of("SpreadDescriptor", "node.labels.zone")));
    }

    @Test
    void networksAndTheTimeToEndCanBeTheSwarmsOwn() {
        app = app.withSetting(SwarmSettings.NETWORKS, "shared").withSetting(SwarmSettings.STOP_GRACE, "90");
        ServiceSpec service = service(web().withNetworks(List.of("shared", "mine")), 1, 1);
        assertThat(service.getTaskTemplate().getNetworks()).extracting(network -> network.getTarget()).containsExactly("net", "shared", "mine");
        assertThat(service.getTaskTemplate().getContainerSpec().getStopGracePeriod()).isEqualTo(90_000_000_000L);
        assertThat(service.getLabels()).containsEntry("hokku.stop-timeout", "90");
    }

    @Test
    void settingsThatMeanNothingAreRefused() {
        assertThatThrownBy(() -> SwarmSettings.CONSTRAINTS.parse("disk=ssd")).isInstanceOf(UserError.class).hasMessageContaining("Not a constraint: disk=ssd");
        assertThatThrownBy(() -> SwarmSettings.SPREAD.parse("zone")).isInstanceOf(UserError.class).hasMessageContaining("node.labels.<label>");
        assertThatThrownBy(() -> SwarmSettings.RESERVED_MEMORY.parse("much")).isInstanceOf(UserError.class).hasMessageContaining("like 256m");
        assertThatThrownBy(() -> SwarmSettings.RESERVED_CPUS.parse("-1")).isInstanceOf(UserError.class).hasMessageContaining("like 0.5");
        assertThat(SwarmSettings.RESERVED_MEMORY.parse("1g")).isEqualTo(1L << 30);
        assertThat(SwarmSettings.RESERVED_MEMORY.print(1L << 30)).isEqualTo("1024m");
    }
}
