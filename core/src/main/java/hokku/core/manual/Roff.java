package hokku.core.manual;

/// A manual page in the language of man(7), line by line; whatever the texts hold, it is text.
public final class Roff {
    private final StringBuilder page = new StringBuilder();

    /// @param section the part of the manual: 1 for commands, 8 for those of the administrator
    /// @param source what the page belongs to, with its version
    public Roff(String name, int section, String source, String manual) {
        // No date: the page depends on nothing but what it tells of.
        page.append(".TH ").append(word(name.toUpperCase(java.util.Locale.ROOT))).append(' ').append(section).append(" \"\" ")
                .append(word(source)).append(' ').append(word(manual)).append('\n');
        // Words of commands are not torn at the end of a line, nor pulled apart.
        page.append(".nh\n.ad l\n");
    }

    public Roff section(String title) {
        page.append(".SH ").append(word(title)).append('\n');
        return this;
    }

    public Roff subsection(String title) {
        page.append(".SS ").append(word(title)).append('\n');
        return this;
    }

    /// Text in a paragraph of its own.
    public Roff paragraph(String text) {
        page.append(".PP\n").append(line(text)).append('\n');
        return this;
    }

    /// Text that goes on where the last one ended.
    public Roff text(String text) {
        page.append(line(text)).append('\n');
        return this;
    }

    /// A term in bold, and below it, indented, what it means.
    public Roff term(String term, String meaning) {
        page.append(".TP\n.B ").append(word(term)).append('\n').append(meaning.isEmpty() ? "\\&" : line(meaning)).append('\n');
        return this;
    }

    /// One more term, within the meaning of the last one.
    public Roff inner(String term, String meaning) {
        page.append(".RS\n");
        term(term, meaning);
        page.append(".RE\n");
        return this;
    }

    /// Lines as they are.
    public Roff example(String... lines) {
        page.append(".PP\n.EX\n");
        for (String line : lines) {
            page.append(line(line)).append('\n');
        }
        page.append(".EE\n");
        return this;
    }

    /// The whole page.
    public String print() {
        return page.toString();
    }

    private static String word(String text) {
        return '"' + escaped(text).replace("\"", "\\(dq") + '"';
    }

    /// A line that begins with a dot or an apostrophe would be an instruction.
    private static String line(String text) {
        String escaped = escaped(text.strip());
        return escaped.startsWith(".") || escaped.startsWith("'") || escaped.startsWith(" ") ? "\\&" + escaped : escaped;
    }

    private static String escaped(String text) {
        StringBuilder escaped = new StringBuilder();
        text.codePoints().forEach(point -> {
            switch (point) {
                case '\\' -> escaped.append("\\(rs");
                // Else it becomes a hyphen of typography, which nobody can copy into a shell.
                case '-' -> escaped.append("\\-");
                case '\'' -> escaped.append("\\(aq");
                case '`' -> escaped.append("\\(ga");
                case '^' -> escaped.append("\\(ha");
                case '~' -> escaped.append("\\(ti");
                case '\n', '\r', '\t' -> escaped.append(' ');
                default -> {
                    if (point < 127) {
                        escaped.appendCodePoint(point);
                    } else {
                        escaped.append("\\[u%04X]".formatted(point));
                    }
                }
            }
        });
        return escaped.toString();
    }
}
