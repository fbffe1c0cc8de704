package hokku.api;

/// Where a deploy or a command tells what it does. Every line reaches the user at once.
///
/// Safe for use by several threads; lines do not mix. A client that is gone does not make a method throw:
/// the work is interrupted instead.
public interface Output {
    /// A step: `-----> Building hello from Dockerfile`.
    void step(String text);

    /// The end of something larger: `=====> Application deployed:`.
    void milestone(String text);

    /// What belongs to the last step, indented below it.
    void detail(String text);

    /// A warning or an error, on the error stream: ` !     text`.
    void warn(String text);

    /// A line as it is: the output of a build or of a container.
    void line(String text);
}
