package hokku.testkit;

import hokku.api.Output;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// Keeps every line, with its mark, for a test to look at.
public final class RecordingOutput implements Output {
    private final List<String> lines = new CopyOnWriteArrayList<>();

    @Override
    public void step(String text) {
        lines.add("-----> " + text);
    }

    @Override
    public void milestone(String text) {
        lines.add("=====> " + text);
    }

    @Override
    public void detail(String text) {
        lines.add("       " + text);
    }

    @Override
    public void warn(String text) {
        lines.add(" !     " + text);
    }

    @Override
    public void line(String text) {
        lines.add(text);
    }

    public List<String> lines() {
        return List.copyOf(lines);
    }

    public String text() {
        return String.join("\n", lines);
    }
}
