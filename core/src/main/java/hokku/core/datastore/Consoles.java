package hokku.core.datastore;

import hokku.api.Attachment;
import hokku.api.Output;
import hokku.api.Service;
import hokku.api.ServiceName;
import hokku.api.spi.Datastore;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;

/// What people do in the container of a service, and see of it.
public final class Consoles {
    /// Stands for every line that there is.
    public static final int ALL_LINES = -1;
    private static final Datastore.Call SHELL = Datastore.Call.of("/bin/sh", "-c", "if [ -x /bin/bash ]; then exec /bin/bash; fi; exec /bin/sh");

    private final Services services;

    public Consoles(Services services) {
        this.services = services;
    }

    /// The datastore's own client.
    ///
    /// @return its exit code
    public int connect(Datastore datastore, ServiceName name, Attachment attachment) throws InterruptedException {
        Service service = services.get(datastore, name);
        return attach(service, datastore.connect(service), attachment);
    }

    /// A command, or a shell where there are no words.
    ///
    /// @return its exit code
    public int enter(Datastore datastore, ServiceName name, List<String> words, Attachment attachment) throws InterruptedException {
        Datastore.Call call = words.isEmpty() ? SHELL : Datastore.Call.of(words.toArray(String[]::new));
        return attach(services.get(datastore, name), call, attachment);
    }

    private int attach(Service service, Datastore.Call call, Attachment attachment) throws InterruptedException {
        services.demandRunning(service);
        return services.containers().attach(services.container(service), call, attachment);
    }

    /// Passes on what a service writes, line by line.
    ///
    /// @param lines how many of the last ones, or [#ALL_LINES]
    /// @param follow whether to go on until it ends, or an interrupt
    public void logs(Datastore datastore, ServiceName name, int lines, boolean follow, Consumer<String> to, Output out) throws InterruptedException {
        Service service = services.get(datastore, name);
        String container = services.container(service);
        if (!services.state(service).equals("running")) {
            out.warn("Service logs may not be output as service is not running");
        }
        Lines parts = new Lines(to);
        services.containers().output(container, lines, follow, parts::add);
        parts.end();
    }

    /// Makes lines of what arrives in pieces; the two streams do not mix within a line.
    private static final class Lines {
        private static final int LONGEST = 64 << 10;

        private final Consumer<String> to;
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();
        private final ByteArrayOutputStream errors = new ByteArrayOutputStream();

        private Lines(Consumer<String> to) {
            this.to = to;
        }

        private void add(boolean error, byte[] piece) {
            ByteArrayOutputStream line = error ? errors : out;
            for (byte each : piece) {
                if (each == '\n' || line.size() >= LONGEST) {
                    passOn(line);
                }
                if (each != '\n') {
                    line.write(each);
                }
            }
        }

        private void end() {
            List.of(out, errors).stream().filter(line -> line.size() > 0).forEach(this::passOn);
        }

        private void passOn(ByteArrayOutputStream line) {
            String text = line.toString(StandardCharsets.UTF_8);
            line.reset();
            to.accept(text.endsWith("\r") ? text.substring(0, text.length() - 1) : text);
        }
    }
}
