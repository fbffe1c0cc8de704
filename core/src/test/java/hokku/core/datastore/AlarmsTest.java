package hokku.core.datastore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hokku.api.ServiceId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class AlarmsTest {
    private static final Duration SHORTEST = Duration.ofMillis(5);
    private static final Duration LONGEST = Duration.ofMinutes(1);

    private final ServiceId service = ServiceId.random();

    @Test
    void whatRingsAgainAndAgainIsLookedAtEverLater() {
        List<Long> looks = Collections.synchronizedList(new ArrayList<>());
        AtomicReference<Alarms> ringing = new AtomicReference<>();
        try (Alarms alarms = new Alarms(SHORTEST, LONGEST, id -> {
            looks.add(System.nanoTime());
            ringing.get().ring(id);
        })) {
            ringing.set(alarms);
            long begin = System.nanoTime();
            alarms.ring(service);
            await().until(() -> looks.size() >= 5);
            assertThat(Duration.ofNanos(looks.get(4) - begin)).isGreaterThan(SHORTEST.multipliedBy(1 + 2 + 4 + 8 + 16));
        }
    }

    @Test
    void whatRingsWhileItIsDueIsLookedAtOnceAndAgainWhenItRingsInTheMiddle() throws Exception {
        AtomicInteger looks = new AtomicInteger();
        CountDownLatch inTheMiddle = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        try (Alarms alarms = new Alarms(Duration.ofMillis(200), LONGEST, id -> {
            looks.incrementAndGet();
            inTheMiddle.countDown();
            goOn.await();
        })) {
            alarms.ring(service);
            alarms.ring(service);
            alarms.ring(service);
            inTheMiddle.await();
            assertThat(looks).hasValue(1);
            alarms.ring(service);
            goOn.countDown();
            await().untilAsserted(() -> assertThat(looks).hasValue(2));
        }
    }

    @Test
    void aLookThatFailsHindersNoOther() {
        AtomicInteger looks = new AtomicInteger();
        try (Alarms alarms = new Alarms(SHORTEST, LONGEST, id -> {
            if (looks.incrementAndGet() == 1) {
                throw new IllegalStateException("a defect");
            }
        })) {
            alarms.ring(service);
            await().untilAsserted(() -> assertThat(looks).hasValue(1));
            alarms.ring(service);
            await().untilAsserted(() -> assertThat(looks).hasValue(2));
        }
    }
}
