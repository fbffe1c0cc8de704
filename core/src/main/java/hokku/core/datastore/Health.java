package hokku.core.datastore;

import hokku.api.Service;
import hokku.api.UserError;
import hokku.api.spi.Datastore;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// How a service is, asked in its container. A service that does not run, or does not answer in time, gives [#UNKNOWN].
public final class Health {
    public static final String UNKNOWN = "-";
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Services services;

    public Health(Services services) {
        this.services = services;
    }

    /// Whether it accepts connections: `true` or `false`.
    public String accepts(Datastore datastore, Service service) throws InterruptedException {
        return asked(service, inside -> String.valueOf(
                inside.run(datastore.ready(service), InputStream.nullInputStream(), OutputStream.nullOutputStream()).exit() == 0));
    }

    /// How many bytes its data has.
    public String size(Datastore datastore, Service service) throws InterruptedException {
        return asked(service, inside -> String.valueOf(datastore.size(service, inside)));
    }

    /// What else the datastore says of it.
    public String note(Datastore datastore, Service service) throws InterruptedException {
        return asked(service, inside -> datastore.note(service, inside).orElse(UNKNOWN));
    }

    private interface Question {
        String ask(Datastore.Inside inside) throws Exception;
    }

    private String asked(Service service, Question question) throws InterruptedException {
        if (!services.state(service).equals("running")) {
            return UNKNOWN;
        }
        Datastore.Inside inside = services.containers().inside(services.container(service));
        return inTime(() -> question.ask(inside));
    }

    /// Looking must not hang because the service does.
    private static String inTime(Callable<String> look) throws InterruptedException {
        FutureTask<String> task = new FutureTask<>(look);
        Thread.ofVirtual().name("service health").start(task);
        try {
            return task.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException slow) {
            return UNKNOWN;
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof UserError) {
                return UNKNOWN;
            }
            throw failed.getCause() instanceof RuntimeException defect ? defect : new IllegalStateException(failed.getCause());
        } finally {
            task.cancel(true);
        }
    }
}
