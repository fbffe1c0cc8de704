package hokku.core.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hokku.api.spi.Job;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

/// When jobs run.
class JobTimesTest {
    private static final Instant NOW = Instant.parse("2026-03-28T12:00:30Z");

    @Test
    void anIntervalCountsFromTheEndOfTheLastRun() {
        JobTimes times = JobTimes.of(new Job.When.Every(Duration.ofMinutes(5)));
        assertThat(times.next(NOW.minusSeconds(60), NOW)).contains(NOW.plusSeconds(240));
        assertThat(times.next(NOW.minusSeconds(3600), NOW)).get().satisfies(next -> assertThat(next).isBefore(NOW));
    }

    @Test
    void aCronExpressionCountsFromNowInItsTimeZone() {
        JobTimes times = JobTimes.of(new Job.When.Cron("0 3 * * *", ZoneId.of("Europe/Berlin")));
        // The clocks go forward in that night, from two to three.
        assertThat(times.next(NOW.minus(Duration.ofDays(9)), NOW)).contains(Instant.parse("2026-03-29T01:00:00Z"));
        assertThat(times.next(NOW, Instant.parse("2026-03-29T01:00:00Z"))).contains(Instant.parse("2026-03-30T01:00:00Z"));
    }

    @Test
    void whatIsNoTimeIsRefused() {
        assertThatThrownBy(() -> JobTimes.of(new Job.When.Every(Duration.ZERO))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> JobTimes.of(new Job.When.Cron("* * * *", ZoneOffset.UTC))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> JobTimes.of(new Job.When.Cron("0 0 0 * * ?", ZoneOffset.UTC))).isInstanceOf(IllegalArgumentException.class);
    }
}
