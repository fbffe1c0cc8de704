package hokku.core.plugin;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import hokku.api.spi.Job;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.Optional;

/// When a job runs next.
@FunctionalInterface
public interface JobTimes {
    /// @param ended when the last run ended, or the server started; an interval counts from there
    /// @param now a cron expression counts from here: a time that passed while the plugin was not there is not made up for
    /// @return empty when it never runs again
    Optional<Instant> next(Instant ended, Instant now);

    /// @throws IllegalArgumentException when that is no time, saying why
    static JobTimes of(Job.When when) {
        return switch (when) {
            case Job.When.Every every -> {
                if (!every.interval().isPositive()) {
                    throw new IllegalArgumentException("the interval " + every.interval() + " is not positive");
                }
                yield (ended, now) -> Optional.of(ended.plus(every.interval()));
            }
            case Job.When.Cron cron -> {
                ExecutionTime times = ExecutionTime.forCron(
                        new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX)).parse(cron.expression()).validate());
                yield (ended, now) -> times.nextExecution(now.atZone(cron.zone())).map(ZonedDateTime::toInstant);
            }
        };
    }
}
