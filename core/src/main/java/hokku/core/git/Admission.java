package hokku.core.git;

import hokku.api.AppName;
import hokku.api.Identity;
import hokku.api.UserError;
import hokku.core.state.FullDisk;
import java.io.IOException;
import java.io.OutputStream;
import org.eclipse.jgit.transport.PacketLineOut;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Refuses in git's own protocol, before any reference is shown: the client prints the reason and no advice about access rights.
final class Admission {
    private static final Logger LOG = LoggerFactory.getLogger(Admission.class);

    private Admission() {}

    interface Service {
        int run() throws Exception;
    }

    static int admitted(PushHandler handler, AppName app, Identity by, boolean push, OutputStream out, Service service)
            throws InterruptedException {
        try {
            handler.admit(app, by, push);
            return service.run();
        } catch (UserError refused) {
            refuse(out, refused.getMessage());
            return refused.exitCode();
        } catch (IOException failure) {
            LOG.error("The repository of {} cannot be used", app, failure);
            refuse(out, FullDisk.isReasonOf(failure) ? FullDisk.WORDS : "The repository of " + app + " cannot be used: "
                    + failure.getMessage() + ". Look at the server's disk and log");
            return UserError.FAILED;
        } catch (InterruptedException | RuntimeException passed) {
            throw passed;
        } catch (Exception failure) {
            throw new IllegalStateException("git cannot serve " + app + ": " + failure.getMessage(), failure);
        }
    }

    private static void refuse(OutputStream out, String reason) {
        try {
            PacketLineOut packets = new PacketLineOut(out);
            packets.writeString("ERR " + reason);
            packets.flush();
        } catch (IOException gone) {
            // nobody is left to tell
        }
    }
}
