package hokku.core.datastore.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hokku.api.UserError;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// When a backup is due, and what was missed.
class CronTimesTest {
    private static final Instant EVENING = Instant.parse("2026-03-28T20:00:00Z");

    private static CronTimes.Due due(String cron, Instant now) {
        return CronTimes.of(cron, ZoneId.of("Europe/Berlin")).due(EVENING, now).orElseThrow();
    }

    @Test
    void nothingIsDueBeforeItsTime() {
        assertThat(CronTimes.of("0 3 * * *", ZoneOffset.UTC).due(EVENING, EVENING)).isEmpty();
        assertThat(CronTimes.of("0 3 * * *", ZoneOffset.UTC).due(EVENING, Instant.parse("2026-03-29T02:59:59Z"))).isEmpty();
    }

    @Test
    void itIsDueAtItsTimeInItsZone() {
        // The clocks go forward in that night, from two to three.
        assertThat(due("0 3 * * *", Instant.parse("2026-03-29T01:00:00Z"))).isEqualTo(new CronTimes.Due(Instant.parse("2026-03-29T01:00:00Z"), Optional.empty()));
    }

    @Test
    void whatPassedBeforeTheLatestTimeWasMissed() {
        assertThat(due("@daily", Instant.parse("2026-04-01T10:00:00Z"))).isEqualTo(new CronTimes.Due(Instant.parse("2026-03-31T22:00:00Z"),
                Optional.of(new Notes.Missed(3, Instant.parse("2026-03-30T22:00:00Z")))));
    }

    @Test
    void yearsThatPassedAreNotCountedForEver() {
        assertThat(due("* * * * *", Instant.parse("2029-03-28T20:00:00Z")).missed().orElseThrow().count()).isEqualTo(1000);
    }

    @Test
    void whatIsNoExpressionIsRefused() {
        for (String cron : new String[] {"", "0 3 * *", "60 3 * * *", "0 0 0 * * ?", "@often", "nightly"}) {
            assertThatThrownBy(() -> CronTimes.of(cron, ZoneOffset.UTC)).as(cron).isInstanceOf(UserError.class).hasMessageContaining("Invalid schedule");
        }
    }
}
