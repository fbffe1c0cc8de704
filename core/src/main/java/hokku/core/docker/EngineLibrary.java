package hokku.core.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.core.RemoteApiVersion;
import com.github.dockerjava.transport.SSLConfig;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/// The client library for one engine, set up at the first use, and anew with other certificates. Safe for use by several threads.
final class EngineLibrary implements Closeable {
    private record SetUp(Optional<SSLContext> security, DockerClient client) {}

    private final EngineReach reach;
    /// Guarded by this object, as is `closed`.
    private Optional<SetUp> current = Optional.empty();
    private boolean closed;

    EngineLibrary(EngineReach reach) {
        this.reach = reach;
    }

    /// Asks the engine nothing.
    ///
    /// @throws hokku.api.UserError when the certificates cannot be used
    synchronized DockerClient client() {
        if (closed) {
            throw new IllegalStateException("the engine at " + reach.host() + " was closed");
        }
        Optional<SSLContext> security = reach.security();
        if (current.filter(former -> former.security().equals(security)).isEmpty()) {
            // A former one is left to those who still use it: it keeps no connection.
            current = Optional.of(new SetUp(security, setUp(security)));
        }
        return current.get().client();
    }

    private DockerClient setUp(Optional<SSLContext> security) {
        ZerodepDockerHttpClient.Builder transport = new ZerodepDockerHttpClient.Builder().dockerHost(reach.host())
                .connectionTimeout(EngineReach.PATIENCE);
        security.ifPresent(context -> transport.sslConfig(new Context(context)));
        // No API version: paths without one work on every engine. Said here, lest the environment says otherwise.
        DefaultDockerClientConfig config = DefaultDockerClientConfig.createDefaultConfigBuilder()
                .withDockerHost(reach.host().toString())
                .withApiVersion(RemoteApiVersion.UNKNOWN_VERSION)
                .withDockerTlsVerify(false)
                .build();
        return DockerClientImpl.getInstance(config, new EngineTransport(transport.build(), reach::unavailable));
    }

    @Override
    public synchronized void close() throws IOException {
        closed = true;
        if (current.isPresent()) {
            current.get().client().close();
        }
    }

    /// Serializable only because the library wants it so; never written.
    private static final class Context implements SSLConfig {
        private static final long serialVersionUID = 1L;
        private final transient SSLContext context;

        Context(SSLContext context) {
            this.context = context;
        }

        @Override
        public SSLContext getSSLContext() {
            return context;
        }
    }
}
