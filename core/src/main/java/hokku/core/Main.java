package hokku.core;

import hokku.api.UserError;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs the server in the foreground, until it is told to end.
public final class Main {
    private static final Logger LOG = LoggerFactory.getLogger(Main.class);

    private Main() {}

    public static void main(String[] arguments) throws InterruptedException {
        Server server;
        try {
            server = Server.start(Configuration.of(System.getenv()));
        } catch (UserError refused) {
            LOG.error("{}", refused.getMessage());
            System.exit(refused.exitCode());
            return;
        } catch (IOException | RuntimeException failed) {
            LOG.error("The server could not start: {}", failed.toString(), failed);
            System.exit(UserError.FAILED);
            return;
        }
        Runtime.getRuntime().addShutdownHook(new Thread(server::close, "shutdown"));
        new CountDownLatch(1).await();
    }
}
