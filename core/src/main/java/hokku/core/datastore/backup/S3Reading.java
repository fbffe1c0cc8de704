package hokku.core.datastore.backup;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Optional;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/// Reads a file of a store to its end, however often the connection is lost on the way: it goes on where it was.
final class S3Reading extends InputStream {
    private final S3Target target;
    private final String name;
    private Optional<ResponseInputStream<GetObjectResponse>> in = Optional.empty();
    private long at;
    private long size = -1;
    private int failures;

    S3Reading(S3Target target, String name) {
        this.target = target;
        this.name = name;
    }

    /// Begins at once, so that a file that is not there is noticed.
    S3Reading begun() throws IOException, InterruptedException {
        open();
        return this;
    }

    private void open() throws IOException, InterruptedException {
        while (in.isEmpty()) {
            ResponseInputStream<GetObjectResponse> opened = target.read(name, at);
            Long left = opened.response().contentLength();
            if (left != null) {
                size = size < 0 ? left : size;
                in = Optional.of(opened);
            } else {
                // The connection was lost within the head of the answer.
                opened.abort();
                lost(new IOException("the answer has no length"));
            }
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (at < size) {
            try {
                if (in.isEmpty()) {
                    open();
                }
                int count = in.get().read(bytes, offset, length);
                if (count > 0) {
                    at += count;
                    failures = 0;
                    return count;
                }
                lost(new IOException("it ended early"));
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while reading from " + target.host());
            } catch (IOException failed) {
                if (in.isEmpty()) {
                    throw failed;
                }
                lost(failed);
            }
        }
        return -1;
    }

    private void lost(IOException failed) throws IOException {
        drop();
        failures++;
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException("interrupted while reading from " + target.host());
        }
        if (failures >= target.patience().attempts()) {
            throw new IOException("The connection to %s was lost %d times at byte %d of %s: %s".formatted(target.host(), failures, at, name,
                    failed.getMessage()), failed);
        }
        try {
            Thread.sleep(target.pause(failures));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while reading from " + target.host());
        }
    }

    /// What is left of it is not waited for.
    private void drop() {
        in.ifPresent(ResponseInputStream::abort);
        in = Optional.empty();
    }

    @Override
    public void close() {
        drop();
    }
}
