package hokku.core.datastore;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.model.Frame;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/// What the container of a service has written.
final class ContainerOutput {
    private ContainerOutput() {}

    /// The last lines, indented.
    static String last(DockerClient client, String container, int lines) throws InterruptedException {
        StringBuilder text = new StringBuilder();
        pass(client, container, lines, false, frame -> text.append(new String(frame.getPayload(), StandardCharsets.UTF_8)));
        return text.toString().lines().map(line -> "       " + line).collect(Collectors.joining("\n"));
    }

    /// Passes on what comes, until the end or an interrupt.
    static void pass(DockerClient client, String container, int lines, boolean follow, Consumer<Frame> to) throws InterruptedException {
        try (ResultCallback.Adapter<Frame> frames = new ResultCallback.Adapter<>() {
            @Override
            public void onNext(Frame frame) {
                to.accept(frame);
            }
        }) {
            client.logContainerCmd(container).withStdOut(true).withStdErr(true).withTail(lines).withFollowStream(follow).exec(frames).awaitCompletion();
        } catch (IOException closed) {
            throw new java.io.UncheckedIOException(closed);
        }
    }
}
