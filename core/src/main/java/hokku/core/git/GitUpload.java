package hokku.core.git;

import hokku.api.AppName;
import hokku.api.Identity;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.transport.UploadPack;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Serves clones and fetches.
public final class GitUpload {
    private static final Logger LOG = LoggerFactory.getLogger(GitUpload.class);

    private final Repositories repositories;
    private final PushHandler handler;

    public GitUpload(Repositories repositories, PushHandler handler) {
        this.repositories = repositories;
        this.handler = handler;
    }

    /// Speaks git's protocol until the client has what it wants.
    ///
    /// @return the exit code for the client
    /// @throws InterruptedException when the client is gone
    public int upload(AppName app, Identity by, InputStream in, OutputStream out, OutputStream err) throws InterruptedException {
        return Admission.admitted(handler, app, by, false, out, () -> {
            repositories.create(app);
            try (Repository repository = repositories.open(app)) {
                UploadPack pack = new UploadPack(repository);
                pack.setBiDirectionalPipe(true);
                pack.upload(in, out, err);
                return 0;
            } catch (IOException gone) {
                LOG.debug("The fetch from {} broke off", app, gone);
                return 1;
            }
        });
    }
}
