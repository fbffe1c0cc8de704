package hokku.bench;

import java.util.ArrayList;
import java.util.List;

/// What came of it, one row for each figure.
final class Table {
    private final List<List<String>> rows = new ArrayList<>(List.of(
            List.of("figure", "runs", "Hokku: median (min to max)", "by hand", "limit", "result")));
    private boolean complete = true;

    /// A figure with a limit.
    void figure(String name, int runs, Object hokku, Object byHand, String limit, boolean held, String result) {
        rows.add(List.of(name, String.valueOf(runs), hokku.toString(), byHand.toString(), limit,
                (held ? "ok: " : "missed: ") + result));
    }

    /// A figure without a limit.
    void comparison(String name, int runs, Object hokku, Object byHand, String result) {
        rows.add(List.of(name, String.valueOf(runs), hokku.toString(), byHand.toString(), "", result));
    }

    /// A part of the figure above it.
    void detail(String name, int runs, Object hokku, Object byHand) {
        rows.add(List.of("    " + name, String.valueOf(runs), hokku.toString(), byHand.toString(), "", ""));
    }

    void notMeasured(String name, Throwable why) {
        complete = false;
        String reason = String.valueOf(why.getMessage()).lines().findFirst().orElse("");
        rows.add(List.of(name, "", "", "", "", "not measured: " + reason));
    }

    boolean isComplete() {
        return complete;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < row.size(); column++) {
                line.append(("%-" + width(column) + "s").formatted(row.get(column)));
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }

    private int width(int column) {
        return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0) + 2;
    }
}
