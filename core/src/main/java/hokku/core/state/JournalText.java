package hokku.core.state;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The whole lines of a journal at the start of the server.
///
/// Every line is looked at, so that one which is no JSON is found now. But most of a journal is releases that nobody goes back to: a
/// tree is made only of what is asked for.
final class JournalText {
    private record Line(int start, int end) {}

    private final byte[] content;
    private final List<Line> lives = new ArrayList<>();
    private final Map<Integer, Line> releases = new HashMap<>();
    private int lastNumber;

    /// @throws IOException when a line cannot be read
    JournalText(Path file, byte[] content) throws IOException {
        this.content = content;
        int number = 0;
        int start = 0;
        for (int end = 0; end < content.length; end++) {
            if (content[end] == '\n') {
                number++;
                try {
                    look(new Line(start, end));
                } catch (IOException broken) {
                    throw new IOException(file + ", line " + number + " cannot be read: " + broken.getMessage(), broken);
                }
                start = end + 1;
            }
        }
    }

    private void look(Line line) throws IOException {
        String type = "";
        int number = 0;
        try (JsonParser parser = StateJson.MAPPER.createParser(content, line.start, line.end - line.start)) {
            JsonToken first = parser.nextToken();
            if (first != JsonToken.START_OBJECT) {
                parser.skipChildren();
                return;
            }
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String field = parser.currentName();
                parser.nextToken();
                if (field.equals("type")) {
                    type = parser.getText();
                } else if (field.equals("number")) {
                    number = parser.getValueAsInt();
                } else {
                    parser.skipChildren();
                }
            }
        }
        lastNumber = Math.max(lastNumber, number);
        if (type.equals("live")) {
            lives.add(line);
        } else if (type.equals("release")) {
            releases.putIfAbsent(number, line);
        }
    }

    /// The highest number that was ever taken.
    int lastNumber() {
        return lastNumber;
    }

    /// What was live, the oldest first.
    List<JsonNode> lives() throws IOException {
        List<JsonNode> found = new ArrayList<>();
        for (Line line : lives) {
            found.add(tree(line));
        }
        return found;
    }

    Optional<JsonNode> release(int number) throws IOException {
        Line line = releases.get(number);
        return line == null ? Optional.empty() : Optional.of(tree(line));
    }

    private JsonNode tree(Line line) throws IOException {
        return StateJson.MAPPER.readTree(content, line.start, line.end - line.start);
    }
}
