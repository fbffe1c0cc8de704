package hokku.core.command;

import hokku.api.AppName;
import hokku.api.Identity;
import java.io.InputStream;
import java.io.OutputStream;

/// Serves git's own two requests. Who asks has been allowed to.
public interface GitService {
    /// Takes a push.
    ///
    /// @return the exit code for the client
    int receive(AppName app, Identity by, InputStream in, OutputStream out, OutputStream err) throws Exception;

    /// Gives a clone or fetch.
    ///
    /// @return the exit code for the client
    int upload(AppName app, Identity by, InputStream in, OutputStream out, OutputStream err) throws Exception;
}
