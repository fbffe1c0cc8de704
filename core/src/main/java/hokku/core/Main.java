package hokku.core;

import hokku.api.UserError;
import hokku.core.state.FullDisk;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs the server in the foreground, until it is told to end. With the word `restore-format` it brings back the files as they were before
/// a newer version changed their form, and ends.
public final class Main {
    private static final Logger LOG = LoggerFactory.getLogger(Main.class);

    private Main() {}

    public static void main(String[] arguments) throws InterruptedException {
        Server server;
        try {
            Configuration configuration = Configuration.of(System.getenv());
            if (List.of(arguments).equals(List.of("restore-format"))) {
                Server.restoreFormat(configuration);
                return;
            }
            server = Server.start(configuration);
        } catch (UserError refused) {
            LOG.error("{}", refused.getMessage());
            System.exit(refused.exitCode());
            return;
        } catch (IOException | RuntimeException failed) {
            if (FullDisk.isReasonOf(failed)) {
                LOG.error("The server could not start, since a disk is full: {}. Free some space, then start it again. Apps go on running"
                        + " meanwhile", failed.toString());
            } else {
                LOG.error("The server could not start: {}", failed.toString(), failed);
            }
            System.exit(UserError.FAILED);
            return;
        }
        Runtime.getRuntime().addShutdownHook(new Thread(server::close, "shutdown"));
        new CountDownLatch(1).await();
    }
}
