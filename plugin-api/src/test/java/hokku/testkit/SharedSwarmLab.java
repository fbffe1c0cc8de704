package hokku.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/// Gives tests a [SwarmLab] as a parameter: one of three nodes for all test classes of a JVM, started for the first that wants it
/// and closed after the last.
///
/// Its engines have TLS, an insecure registry in the lab's network is allowed, a lost node is noticed after some six seconds, and
/// the image `busybox:latest` is on all nodes. What a test kills, stops or cuts off is brought back after it. What it makes on the engines it
/// removes itself.
///
///     @ExtendWith(SharedSwarmLab.class)
///     class SomethingIT {
///         SomethingIT(SwarmLab lab) { … }
public final class SharedSwarmLab implements ParameterResolver, AfterEachCallback {
    /// What it is made of.
    public static final SwarmLab.Options OPTIONS = SwarmLab.Options.nodes(3).tls(true).insecureRegistry(true)
            .heartbeat(Duration.ofSeconds(2)).images("busybox:latest");
    private static final Namespace NAMESPACE = Namespace.create(SharedSwarmLab.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == SwarmLab.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getRoot().getStore(NAMESPACE).getOrComputeIfAbsent(SwarmLab.class, wanted -> started(), SwarmLab.class);
    }

    private static SwarmLab started() {
        try {
            return SwarmLab.start(OPTIONS);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        SwarmLab lab = context.getRoot().getStore(NAMESPACE).get(SwarmLab.class, SwarmLab.class);
        if (lab != null) {
            lab.mend();
        }
    }
}
