package hokku.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import hokku.api.Service;
import java.nio.charset.StandardCharsets;

/// A client that is connected and idle.
final class IdleClient implements AutoCloseable {
    private final Process psql;

    IdleClient(RealServices real, Service service) throws Exception {
        psql = new ProcessBuilder("docker", "exec", "-i", real.services.container(service), "psql", "-X", "-A", "-t", "-U", "postgres",
                service.database()).start();
        psql.getOutputStream().write("SELECT 'connected';\n".getBytes(StandardCharsets.UTF_8));
        psql.getOutputStream().flush();
        assertThat(psql.inputReader().readLine()).isEqualTo("connected");
    }

    @Override
    public void close() {
        psql.destroyForcibly();
    }
}
