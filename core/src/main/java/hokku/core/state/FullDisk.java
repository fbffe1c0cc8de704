package hokku.core.state;

import java.util.Locale;
import java.util.Optional;

/// A disk that takes no more: the same words wherever something could not be written.
public final class FullDisk {
    /// What happened, and what to do.
    public static final String WORDS = "The disk of the server is full. Nothing was changed. Free some space, for instance with cleanup,"
            + " and try again";

    private FullDisk() {}

    /// Whether something failed because of it.
    public static boolean isReasonOf(Throwable failed) {
        for (Throwable cause = failed; cause != null; cause = cause.getCause()) {
            // The kernel's words, and those of programs written in Go, like the engine.
            String message = Optional.ofNullable(cause.getMessage()).orElse("").toLowerCase(Locale.ROOT);
            if (message.contains("no space left on device") || message.contains("disk quota exceeded")) {
                return true;
            }
        }
        return false;
    }
}
