package hokku.core.plugin;

import java.time.Instant;

/// A job whose last run failed.
public record FailedJob(String plugin, String job, Instant at, String reason) {}
