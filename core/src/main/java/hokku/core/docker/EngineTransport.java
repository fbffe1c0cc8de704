package hokku.core.docker;

import com.github.dockerjava.transport.DockerHttpClient;
import hokku.api.UserError;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.function.Function;

/// Sends the client library's requests, each over a connection of its own.
///
/// A connection that is kept would be a dead one after a restart of the engine, and fail the next request. An engine that does
/// not answer becomes a [UserError], an interrupt a [CancellationException] with the thread's interrupt status set.
final class EngineTransport implements DockerHttpClient {
    private final DockerHttpClient transport;
    private final Function<Throwable, UserError> unavailable;

    EngineTransport(DockerHttpClient transport, Function<Throwable, UserError> unavailable) {
        this.transport = transport;
        this.unavailable = unavailable;
    }

    @Override
    public Response execute(Request request) {
        try {
            return transport.execute(request.hijackedInput() == null ? new Unkept(request) : request);
        } catch (RuntimeException e) {
            if (Thread.currentThread().isInterrupted()) {
                CancellationException cancelled = new CancellationException("interrupted while the engine was asked");
                cancelled.initCause(e);
                throw cancelled;
            }
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof IOException) {
                    throw unavailable.apply(e);
                }
            }
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        transport.close();
    }

    /// The same request, after which the connection is closed.
    private static final class Unkept extends Request {
        private final Request request;

        Unkept(Request request) {
            this.request = request;
        }

        @Override
        public String method() {
            return request.method();
        }

        @Override
        public String path() {
            return request.path();
        }

        @Override
        public InputStream body() {
            return request.body();
        }

        @Override
        public byte[] bodyBytes() {
            return request.bodyBytes();
        }

        @Override
        public InputStream hijackedInput() {
            return request.hijackedInput();
        }

        @Override
        public Map<String, String> headers() {
            Map<String, String> headers = new HashMap<>(request.headers());
            headers.put("Connection", "close");
            return headers;
        }
    }
}
