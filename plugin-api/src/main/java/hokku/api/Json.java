package hokku.api;

/// Reads and writes JSON.
public interface Json {
    /// Writes maps, lists, records, text, numbers, booleans, optionals and times, indented.
    String write(Object value);

    /// Reads text into maps, lists, strings, numbers and booleans.
    ///
    /// @throws UserError when the text is no JSON; the message names the place
    Object read(String text);
}
