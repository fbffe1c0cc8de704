package hokku.testkit;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/// A clock that goes only when it is told to. Safe for use by several threads.
public final class SetClock extends Clock {
    private volatile Instant now;

    public SetClock(Instant begin) {
        now = begin;
    }

    public void forward(Duration by) {
        now = now.plus(by);
    }

    public void set(Instant time) {
        now = time;
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }

    @Override
    public Instant instant() {
        return now;
    }
}
