package hokku.testkit;

import hokku.api.Json;
import hokku.api.UserError;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// JSON without a library, enough for the tests of plugins.
public final class PlainJson implements Json {
    @Override
    public String write(Object value) {
        return switch (value) {
            case Optional<?> optional -> optional.map(this::write).orElse("null");
            case Number number -> number.toString();
            case Boolean flag -> flag.toString();
            case Map<?, ?> map -> object(map);
            case Collection<?> all -> "[" + String.join(",", all.stream().map(this::write).toList()) + "]";
            case Record record -> object(components(record));
            default -> quoted(value.toString());
        };
    }

    @Override
    public Object read(String text) {
        Reader reader = new Reader(text);
        Object value = reader.value();
        reader.end();
        return value;
    }

    private String object(Map<?, ?> map) {
        List<String> members = new ArrayList<>();
        map.forEach((key, value) -> members.add(quoted(key.toString()) + ":" + write(value)));
        return "{" + String.join(",", members) + "}";
    }

    private static Map<String, Object> components(Record record) {
        Map<String, Object> values = new LinkedHashMap<>();
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            try {
                component.getAccessor().setAccessible(true);
                values.put(component.getName(), component.getAccessor().invoke(record));
            } catch (ReflectiveOperationException e) {
                throw new IllegalArgumentException("cannot read " + component, e);
            }
        }
        return values;
    }

    private static String quoted(String text) {
        StringBuilder json = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < ' ') {
                json.append("\\u%04x".formatted((int) c));
            } else {
                json.append(c);
            }
        }
        return json.append('"').toString();
    }

    /// Reads one document by recursive descent.
    private static final class Reader {
        private static final char END = '\uffff';
        private final String text;
        private int at;

        Reader(String text) {
            this.text = text;
        }

        Object value() {
            return switch (peek()) {
                case '{' -> object();
                case '[' -> array();
                case '"' -> string();
                default -> literal();
            };
        }

        void end() {
            if (peek() != END) {
                throw wrong();
            }
        }

        private Map<String, Object> object() {
            Map<String, Object> members = new LinkedHashMap<>();
            at++;
            while (!taken('}')) {
                peek();
                String key = string();
                if (!taken(':')) {
                    throw wrong();
                }
                members.put(key, value());
                if (!taken(',') && peek() != '}') {
                    throw wrong();
                }
            }
            return members;
        }

        private List<Object> array() {
            List<Object> values = new ArrayList<>();
            at++;
            while (!taken(']')) {
                values.add(value());
                if (!taken(',') && peek() != ']') {
                    throw wrong();
                }
            }
            return values;
        }

        private String string() {
            if (!taken('"')) {
                throw wrong();
            }
            StringBuilder value = new StringBuilder();
            for (char c = next(); c != '"'; c = next()) {
                value.append(c == '\\' ? escaped(next()) : c);
            }
            return value.toString();
        }

        private char escaped(char c) {
            return switch (c) {
                case 'n' -> '\n';
                case 'r' -> '\r';
                case 't' -> '\t';
                case 'b' -> '\b';
                case 'f' -> '\f';
                case 'u' -> {
                    if (at + 4 > text.length()) {
                        throw wrong();
                    }
                    at += 4;
                    yield (char) Integer.parseInt(text.substring(at - 4, at), 16);
                }
                default -> c;
            };
        }

        private Object literal() {
            int from = at;
            while (at < text.length() && ",]} \t\r\n".indexOf(text.charAt(at)) < 0) {
                at++;
            }
            String word = text.substring(from, at);
            return switch (word) {
                case "true" -> true;
                case "false" -> false;
                default -> number(word);
            };
        }

        private Number number(String word) {
            try {
                if (word.matches("-?[0-9]+")) {
                    return Long.valueOf(word);
                }
                return Double.valueOf(word);
            } catch (NumberFormatException e) {
                throw wrong();
            }
        }

        private boolean taken(char c) {
            boolean found = peek() == c;
            at += found ? 1 : 0;
            return found;
        }

        private char peek() {
            while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
                at++;
            }
            return at < text.length() ? text.charAt(at) : END;
        }

        private char next() {
            if (at >= text.length()) {
                throw wrong();
            }
            return text.charAt(at++);
        }

        private UserError wrong() {
            return new UserError("No JSON at character " + at);
        }
    }
}
