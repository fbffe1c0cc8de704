package hokku.dockerfile;

import hokku.api.Json;
import java.util.Map;
import java.util.function.Consumer;

/// Takes lines apart into JSON objects, each of one or more lines, and lines that are none.
final class JsonStream {
    private final Json json;
    private final Consumer<Map<?, ?>> objects;
    private final Consumer<String> others;
    private final StringBuilder object = new StringBuilder();
    private int depth;

    JsonStream(Json json, Consumer<Map<?, ?>> objects, Consumer<String> others) {
        this.json = json;
        this.objects = objects;
        this.others = others;
    }

    void line(String line) {
        if (depth == 0 && !line.startsWith("{")) {
            others.accept(line);
            return;
        }
        object.append(line).append('\n');
        depth += opened(line);
        if (depth <= 0) {
            depth = 0;
            String whole = object.toString();
            object.setLength(0);
            if (json.read(whole) instanceof Map<?, ?> read) {
                objects.accept(read);
            }
        }
    }

    /// How many objects a line opens, less those that it closes. A text never goes on in the next line.
    private static int opened(String line) {
        int open = 0;
        boolean text = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (text && c == '\\') {
                i++;
            } else if (c == '"') {
                text = !text;
            } else if (!text && c == '{') {
                open++;
            } else if (!text && c == '}') {
                open--;
            }
        }
        return open;
    }
}
