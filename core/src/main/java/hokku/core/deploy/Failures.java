package hokku.core.deploy;

import hokku.api.UserError;
import hokku.core.state.FullDisk;
import java.io.IOException;
import java.util.HexFormat;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Turns what goes wrong into an error that names the plugin and the stage; the stack goes to the log.
public final class Failures {
    private static final int SOFTWARE = 70;

    private Failures() {}

    /// Runs a part of a plugin.
    ///
    /// @param stage where the deploy is, `pre-deploy`
    /// @throws UserError for everything that goes wrong, except cancellation
    static <T> T in(String plugin, String stage, Callable<T> part) throws InterruptedException {
        try {
            return part.call();
        } catch (InterruptedException cancelled) {
            throw cancelled;
        } catch (UserError refused) {
            throw refused;
        } catch (Throwable defect) {
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedException(stage + " was cancelled");
            }
            throw defect(plugin, stage, defect);
        }
    }

    /// Logs a defect under the plugin's name.
    ///
    /// @return the error for the user
    public static UserError defect(String plugin, String stage, Throwable defect) {
        String id = HexFormat.of().toHexDigits((short) ThreadLocalRandom.current().nextInt());
        Logger log = LoggerFactory.getLogger("plugin." + plugin);
        log.error("failed in {} (log id {})", stage, id, defect);
        if (FullDisk.isReasonOf(defect)) {
            return new UserError(UserError.FAILED, FullDisk.WORDS, defect);
        }
        return new UserError(SOFTWARE, "plugin %s failed in %s: %s (log id %s)".formatted(plugin, stage, describe(defect), id), defect);
    }

    /// What a failure of the home's disk means to the user.
    public static UserError storage(IOException failed) {
        String what = FullDisk.isReasonOf(failed) ? FullDisk.WORDS
                : "The server could not write its files: " + describe(failed) + ". Nothing was changed";
        return new UserError(UserError.FAILED, what, failed);
    }

    private static String describe(Throwable defect) {
        return defect.getMessage() == null ? defect.getClass().getSimpleName() : defect.getMessage();
    }
}
