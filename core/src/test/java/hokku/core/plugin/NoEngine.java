package hokku.core.plugin;

import com.github.dockerjava.api.DockerClient;
import hokku.api.Attachment;
import hokku.api.Engine;
import hokku.api.Env;
import java.util.List;
import java.util.Optional;

/// The engine of a test that has none.
public record NoEngine() implements Engine {
    @Override
    public DockerClient client() {
        throw new UnsupportedOperationException();
    }

    @Override
    public String instance() {
        return "none";
    }

    @Override
    public int exec(String container, List<String> command, Env env, Attachment attachment) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int run(String container, Attachment attachment) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<byte[]> file(String container, String path) {
        throw new UnsupportedOperationException();
    }
}
