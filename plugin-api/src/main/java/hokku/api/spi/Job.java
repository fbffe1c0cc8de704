package hokku.api.spi;

import java.time.Duration;
import java.time.ZoneId;

/// Work that comes again. One run at a time; interrupted and stopped when the plugin goes.
public interface Job {
    String name();

    When when();

    /// A failure is logged under the plugin's name, and the next run comes as planned.
    void run() throws Exception;

    /// When a job runs.
    sealed interface When {
        /// So long after the end of the last run, and so long after the start of the server.
        record Every(Duration interval) implements When {}

        /// At the times of a cron expression with five fields, in a time zone.
        record Cron(String expression, ZoneId zone) implements When {}
    }
}
