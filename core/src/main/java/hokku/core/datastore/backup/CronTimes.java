package hokku.core.datastore.backup;

import hokku.api.UserError;
import hokku.api.spi.Job;
import hokku.core.plugin.JobTimes;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;

/// The times of a schedule.
final class CronTimes {
    private static final Map<String, String> NAMED = Map.of("@hourly", "0 * * * *", "@daily", "0 0 * * *", "@midnight", "0 0 * * *",
            "@weekly", "0 0 * * 0", "@monthly", "0 0 1 * *", "@yearly", "0 0 1 1 *", "@annually", "0 0 1 1 *");
    /// A server that was off for long has missed more than anybody counts.
    private static final int MOST_MISSED = 1000;

    private final JobTimes times;

    private CronTimes(JobTimes times) {
        this.times = times;
    }

    /// @throws UserError when that is no cron expression
    static CronTimes of(String cron, ZoneId zone) {
        try {
            return new CronTimes(JobTimes.of(new Job.When.Cron(NAMED.getOrDefault(cron, cron), zone)));
        } catch (IllegalArgumentException broken) {
            throw new UserError("Invalid schedule: use a cron expression with five fields, for instance \"0 3 * * *\" for every night at three, or"
                    + " @daily. " + broken.getMessage());
        }
    }

    /// What came due.
    ///
    /// @param latest the time that a run is for
    /// @param missed how many times before that passed without one
    record Due(Instant latest, Optional<Notes.Missed> missed) {}

    /// What came due after one moment, up to another one.
    Optional<Due> due(Instant after, Instant now) {
        Optional<Instant> latest = next(after).filter(time -> !time.isAfter(now));
        if (latest.isEmpty()) {
            return Optional.empty();
        }
        int missed = 0;
        Optional<Instant> passed = Optional.empty();
        for (Optional<Instant> later = next(latest.get()); later.isPresent() && !later.get().isAfter(now); later = next(latest.get())) {
            missed++;
            passed = latest;
            // The rest is jumped over: what is due is due now.
            latest = missed < MOST_MISSED ? later : Optional.of(now);
        }
        int count = missed;
        return Optional.of(new Due(latest.get(), passed.map(time -> new Notes.Missed(count, time))));
    }

    Optional<Instant> next(Instant after) {
        return times.next(after, after);
    }
}
