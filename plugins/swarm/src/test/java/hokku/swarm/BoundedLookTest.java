package hokku.swarm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import hokku.api.UserError;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class BoundedLookTest {
    @Test
    void anAnswerIsPassedOn() throws Exception {
        assertThat(BoundedLook.of(() -> "all is well")).isEqualTo("all is well");
    }

    @Test
    void aFailureIsPassedOn() {
        UserError failure = new UserError("no");
        assertThatThrownBy(() -> BoundedLook.of(() -> {
            throw failure;
        })).isSameAs(failure);
    }

    @Test
    void whatTakesTooLongIsGivenUpAndEnded() {
        AtomicBoolean ended = new AtomicBoolean();
        CountDownLatch never = new CountDownLatch(1);
        assertThatThrownBy(() -> BoundedLook.of(() -> {
            try {
                never.await();
            } catch (InterruptedException interrupted) {
                ended.set(true);
            }
            return "";
        }, Duration.ofMillis(100))).isInstanceOfSatisfying(UserError.class, late -> assertThat(late.exitCode()).isEqualTo(UserError.UNAVAILABLE));
        await().atMost(Duration.ofSeconds(10)).untilTrue(ended);
    }
}
