package hokku.api.spi;

/// The terminal at the other end of a session. Its size follows the window.
public interface Terminal {
    /// The type, as in the variable `TERM`.
    String type();

    int columns();

    int rows();

    /// Calls the listener whenever the size has changed, until the session ends.
    void onResize(Runnable listener);
}
