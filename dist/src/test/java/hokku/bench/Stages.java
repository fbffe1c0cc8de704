package hokku.bench;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/// Where the time of something goes that is done several times.
final class Stages {
    /// What takes less is not worth a row.
    private static final double SHOWN_MILLIS = 10;

    private final Map<String, Times> times = new LinkedHashMap<>();
    private long begun;
    private long last;

    void begin() {
        begun = System.nanoTime();
        last = begun;
    }

    /// What was done since the stage before it.
    void reached(String stage) {
        long now = System.nanoTime();
        times.computeIfAbsent(stage, name -> new Times()).add(now - last);
        last = now;
    }

    /// From the beginning to the last stage.
    long total() {
        return last - begun;
    }

    void forget() {
        times.clear();
    }

    Map<String, Times> shown() {
        return times.entrySet().stream().filter(stage -> stage.getValue().median() >= SHOWN_MILLIS)
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (one, other) -> one, LinkedHashMap::new));
    }
}
