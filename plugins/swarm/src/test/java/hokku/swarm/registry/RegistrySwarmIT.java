package hokku.swarm.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.dockerjava.api.exception.DockerClientException;
import com.github.dockerjava.api.exception.DockerException;
import hokku.api.App;
import hokku.core.docker.DockerEngine;
import hokku.testkit.RecordingContributions;
import hokku.testkit.RecordingSession;
import hokku.testkit.SwarmLab;
import java.io.IOException;
import java.net.URI;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Hokku's own registry in a swarm, whose engines are as strict as engines are: at the address that the swarm knows this machine by.
@Timeout(300)
class RegistrySwarmIT extends EngineFixture {
    private static SwarmLab lab;

    @BeforeAll
    static void startLab() throws IOException {
        lab = SwarmLab.start(SwarmLab.Options.nodes(2).images(BASE, RealRegistry.IMAGE));
    }

    @AfterAll
    static void closeLab() throws IOException {
        lab.close();
    }

    @Override
    URI host() {
        return lab.manager().socket();
    }

    @Override
    void tidy() {
        engine.client().removeContainerCmd("hokku-" + engine.instance() + "-registry").withForce(true).withRemoveVolumes(true).exec();
        engine.client().removeVolumeCmd("hokku-" + engine.instance() + "-registry").exec();
    }

    @Test
    void theServersEngineTrustsItByItselfAndAnotherNodeByTheLineThatIsPrinted() throws Exception {
        RecordingContributions contributions = new RecordingContributions();
        Publisher publisher = RegistryParts.contribute(context, contributions);
        App app = app("hello");
        String image = image(app.name(), 1, 100_000);

        Published published = publisher.publish(app, 1, image, out);

        assertThat(published.reference()).startsWith(lab.manager().address() + ":5000/hokku/hello@sha256:");
        // A task on this node needs nothing of the registry: its engine knows the image by the name that the service has.
        assertThat(engine.client().inspectImageCmd(published.reference()).exec().getId()).isEqualTo(image);
        try (DockerEngine node = new DockerEngine(lab.node(2).socket(), "test-node")) {
            assertThatThrownBy(() -> pull(node, published)).hasMessageContaining("x509");
            RecordingSession session = new RecordingSession();
            contributions.run(session, "registry:trust-command");
            // As root of that machine, whose engine has settings of its own.
            lab.node(2).docker("run", "--rm", "--network", "none", "-v", "/etc/docker:/etc/docker", BASE, "sh", "-c", session.printed());
            pull(node, published);
            assertThat(node.client().inspectImageCmd(published.reference()).exec().getId()).isEqualTo(image);
        }
    }

    private static void pull(DockerEngine node, Published published) throws InterruptedException {
        try {
            node.client().pullImageCmd(published.reference()).withAuthConfig(published.auth().orElseThrow()).start().awaitCompletion();
        } catch (DockerException | DockerClientException refused) {
            throw new IllegalStateException(PushFailure.reason(refused), refused);
        }
    }
}
