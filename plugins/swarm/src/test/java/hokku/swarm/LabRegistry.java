package hokku.swarm;

import static org.awaitility.Awaitility.await;

import hokku.swarm.registry.Published;
import hokku.testkit.SwarmLab;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/// A registry on the manager of a lab that its engines accept http from.
final class LabRegistry {
    private static final String NAME = "lab-registry";

    private LabRegistry() {}

    /// Brings an image of the machine's own engine to all nodes, under its digest.
    static Published publish(SwarmLab lab, String image) throws IOException {
        if (lab.manager().docker("ps", "--quiet", "--filter", "name=" + NAME).isBlank()) {
            lab.load("registry:2");
            lab.manager().docker("run", "--detach", "--name", NAME, "--publish", "5000:5000", "--restart", "always", "registry:2");
        }
        lab.load(image);
        String tag = lab.manager().address() + ":5000/" + image;
        lab.manager().docker("tag", image, tag);
        String pushed = await().atMost(Duration.ofSeconds(60)).ignoreExceptions().until(() -> lab.manager().docker("push", tag), text -> text.contains("sha256:"));
        String digest = pushed.substring(pushed.indexOf("sha256:")).split("\\s")[0];
        return new Published(tag.substring(0, tag.lastIndexOf(':')) + "@" + digest, Optional.empty());
    }
}
