package hokku.api;

import com.github.dockerjava.api.DockerClient;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// A Docker engine: that of this server, or another one. Safe for use by several threads.
public interface Engine {
    /// The label that every container, network, volume and image of this server carries, with [#instance] as value.
    String INSTANCE_LABEL = "hokku.instance";

    /// The client library, after the engine was asked whether it is there. To be asked for at each use, and not to be closed.
    ///
    /// @throws UserError with exit code 69 when the engine does not answer; the message says what to do
    DockerClient client();

    /// Which installation of Hokku this is: several can share an engine.
    String instance();

    /// The name under which the image of a release is kept, for a builder that names what it makes: what no release needs is found
    /// by it and removed.
    default String imageName(AppName app, int release) {
        return "hokku-" + instance() + "/" + app + ":" + release;
    }

    /// Runs a command in a running container, with input to its end and a terminal where there is one.
    ///
    /// @param env further variables for the command
    /// @return the command's exit code
    /// @throws InterruptedException when it was cancelled; the command's process has been ended then
    int exec(String container, List<String> command, Env env, Attachment attachment) throws InterruptedException;

    /// Starts a created container with its streams attached, and waits for its end.
    ///
    /// @return the container's exit code
    /// @throws InterruptedException when it was cancelled; the container has been killed then
    int run(String container, Attachment attachment) throws InterruptedException;

    /// Reads a file of a container, whether that runs or not.
    ///
    /// @param path the file's absolute path within it
    /// @return empty when there is no file at the path
    /// @throws UserError when the file is larger than [SourceTree#MAX_READ]
    Optional<byte[]> file(String container, String path) throws IOException;
}
