package hokku.core.datastore;

import hokku.api.Attachment;
import hokku.api.Engine;
import hokku.api.UserError;
import hokku.api.spi.Datastore;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Runs commands in a container of a service.
record ContainerInside(Engine engine, String container) implements Datastore.Inside {
    /// As much of the error stream as a message can hold.
    private static final int MOST_ERRORS = 4000;

    @Override
    public Result run(Datastore.Call call, InputStream in, OutputStream out) throws InterruptedException {
        Tail errors = new Tail();
        int exit = engine.exec(container, call.words(), call.env(), Attachment.of(in, out, errors, Optional.empty()));
        return new Result(exit, errors.text());
    }

    @Override
    public String text(Datastore.Call call) throws InterruptedException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Result result = run(call, InputStream.nullInputStream(), out);
        if (result.exit() != 0) {
            throw new UserError(call.words().getFirst() + " failed with exit code " + result.exit() + ": " + result.errors());
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    /// Keeps the end of what is written.
    private static final class Tail extends OutputStream {
        private final ByteArrayOutputStream kept = new ByteArrayOutputStream();

        @Override
        public synchronized void write(int value) {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public synchronized void write(byte[] bytes, int offset, int length) {
            kept.write(bytes, offset, length);
            if (kept.size() > 2 * MOST_ERRORS) {
                byte[] all = kept.toByteArray();
                kept.reset();
                kept.write(all, all.length - MOST_ERRORS, MOST_ERRORS);
            }
        }

        private synchronized String text() {
            String text = kept.toString(StandardCharsets.UTF_8).strip();
            return text.length() > MOST_ERRORS ? text.substring(text.length() - MOST_ERRORS) : text;
        }
    }
}
