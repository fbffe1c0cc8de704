package hokku.swarm;

import com.github.dockerjava.api.command.PullImageCmd;
import com.github.dockerjava.api.exception.DockerClientException;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import hokku.api.App;
import hokku.api.Attachment;
import hokku.api.Output;
import hokku.api.ProcessSpec;
import hokku.api.UserError;
import hokku.swarm.registry.Published;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Images on the manager's engine, which need not be the one that they were built on.
final class LocalImages {
    private static final Logger LOG = LoggerFactory.getLogger(LocalImages.class);

    private final SwarmParts parts;

    LocalImages(SwarmParts parts) {
        this.parts = parts;
    }

    /// Gets the image of a task unless it is there.
    ///
    /// @return the name by which it is known there
    String ensure(App app, ProcessSpec task, Attachment attachment) throws InterruptedException {
        if (isThere(task.image())) {
            return task.image();
        }
        Output out = new StreamOutput(attachment.err(), attachment.terminal().isPresent());
        Published published = parts.publisher().publish(app, task.release(), task.image(), out);
        if (!isThere(published.reference())) {
            pull(published, task);
        }
        return published.reference();
    }

    private boolean isThere(String image) {
        try {
            parts.engine().client().inspectImageCmd(image).exec();
            return true;
        } catch (NotFoundException none) {
            LOG.debug("The manager has no image {}", image, none);
            return false;
        }
    }

    private void pull(Published published, ProcessSpec task) throws InterruptedException {
        try {
            PullImageCmd pull = parts.engine().client().pullImageCmd(published.reference());
            published.auth().ifPresent(pull::withAuthConfig);
            pull.start().awaitCompletion();
        } catch (DockerException | DockerClientException failed) {
            throw new UserError(UserError.FAILED, "The manager cannot get the image of release " + task.release() + " of " + task.app() + ": "
                    + (failed instanceof DockerException answer ? SwarmEngine.message(answer) : failed.getMessage())
                    + ". See registry:report " + task.app(), failed);
        }
    }
}
