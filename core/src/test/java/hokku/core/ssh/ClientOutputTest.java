package hokku.core.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ClientOutputTest {
    @Test
    void aCommandThatIsCancelledWhileItsClientDoesNotReadStaysCancelled() throws Exception {
        CompletableFuture<IOException> failure = new CompletableFuture<>();
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        try (PipedInputStream nobodyReads = new PipedInputStream(8); ClientOutput out = new ClientOutput(new PipedOutputStream(nobodyReads))) {
            out.write(new byte[8]);
            Thread command = Thread.ofVirtual().start(() -> {
                try {
                    out.write('x');
                } catch (IOException failed) {
                    failure.complete(failed);
                }
                interrupted.complete(Thread.interrupted());
            });
            command.interrupt();
            assertThat(failure.get(20, TimeUnit.SECONDS)).isInstanceOf(InterruptedIOException.class);
            assertThat(interrupted.get(20, TimeUnit.SECONDS)).isTrue();
        }
    }
}
