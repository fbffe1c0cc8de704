package hokku.api;

/// Something that the user can mend: the message says what happened, to what, and what to do next.
///
/// Its text is shown as it is, without a stack trace. Everything else that is thrown counts as a defect of the plugin.
public final class UserError extends RuntimeException {
    private static final long serialVersionUID = 1L;
    /// The general failure.
    public static final int FAILED = 1;
    /// A command line that cannot be understood.
    public static final int USAGE = 2;
    /// The app does not exist.
    public static final int NO_SUCH_APP = 20;
    /// The engine or another service does not answer.
    public static final int UNAVAILABLE = 69;
    /// This key may not do that.
    public static final int NO_PERMISSION = 77;

    private final int exitCode;

    public UserError(String message) {
        this(FAILED, message);
    }

    public UserError(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    public UserError(int exitCode, String message, Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    public static UserError noSuchApp(AppName app) {
        return new UserError(NO_SUCH_APP, "App " + app + " does not exist");
    }

    public static UserError usage(String message) {
        return new UserError(USAGE, message);
    }

    public int exitCode() {
        return exitCode;
    }
}
