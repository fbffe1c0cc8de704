package hokku.api;

/// How text from outside is shown in messages.
final class Text {
    private static final int SHOWN = 80;

    private Text() {}

    /// Quotes, shortens, and replaces control characters, so that a message stays one line.
    static String quoted(String text) {
        String cut = text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text;
        StringBuilder shown = new StringBuilder("\"");
        cut.codePoints().forEach(c -> shown.appendCodePoint(Character.isISOControl(c) ? '�' : c));
        return shown.append('"').toString();
    }
}
