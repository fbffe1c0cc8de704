package hokku.core.state;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;

/// What is known of one deploy of a commit: who, when, how it ended, and how long each stage took.
///
/// @param number its number, which is also that of its release
/// @param source what began it: `git-hook` for a push, `ps:rebuild`
/// @param finished empty while it runs, and when the server did not live to see its end
/// @param stage the one that it is in, or that it failed in; empty when it succeeded
/// @param reason why it failed, in one line; empty when it did not
/// @param stages the time that each stage took, in their order
public record BuildRecord(int number, String source, String commit, String by, Instant started, Optional<Instant> finished,
        Status status, String stage, String reason, SequencedMap<String, Duration> stages) {
    /// How a deploy stands; the names are Dokku's.
    public enum Status {
        /// It waits for its turn, and has no number yet; never stored.
        WAITING,
        RUNNING,
        SUCCEEDED,
        FAILED,
        CANCELED,
        /// The server ended before it; never stored, but concluded from a record that nobody finished.
        ABANDONED;

        @Override
        public String toString() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    public BuildRecord {
        stages = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(stages));
    }

    /// One that has just begun.
    public static BuildRecord begun(int number, String source, String commit, String by, Instant at) {
        return new BuildRecord(number, source, commit, by, at, Optional.empty(), Status.RUNNING, "", "", new LinkedHashMap<>());
    }

    public BuildRecord withStatus(Status other, String why) {
        return new BuildRecord(number, source, commit, by, started, finished, other, stage, why, stages);
    }

    public BuildRecord withStages(String current, SequencedMap<String, Duration> measured) {
        return new BuildRecord(number, source, commit, by, started, finished, status, current, reason, measured);
    }

    public BuildRecord withFinished(Instant at) {
        return new BuildRecord(number, source, commit, by, started, Optional.of(at), status, stage, reason, stages);
    }
}
