package hokku.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// Durations of the same thing, done several times.
final class Times {
    private final List<Long> nanos = new ArrayList<>();

    void add(long duration) {
        nanos.add(duration);
    }

    int count() {
        return nanos.size();
    }

    /// In milliseconds.
    double median() {
        List<Long> sorted = nanos.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return (sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2.0) / 1e6;
    }

    /// For what takes less than a millisecond.
    String inDetail() {
        return "%.3f ms (%.3f to %.3f)".formatted(median(), Collections.min(nanos) / 1e6, Collections.max(nanos) / 1e6);
    }

    @Override
    public String toString() {
        if (median() < 20) {
            return "%.1f ms (%.1f to %.1f)".formatted(median(), Collections.min(nanos) / 1e6, Collections.max(nanos) / 1e6);
        }
        return "%.0f ms (%.0f to %.0f)".formatted(median(), Collections.min(nanos) / 1e6, Collections.max(nanos) / 1e6);
    }
}
