package hokku.core.plugin;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.Function;

/// Puts plugins in an order in which each comes after those that it depends on.
final class Sorting {
    private Sorting() {}

    /// Sorts by dependencies first, then by the comparator. Members of a circle, and what depends on them, are left out.
    ///
    /// @param needs the ids that an element depends on; ids of none of the elements do not matter
    static <T> List<T> byNeeds(Collection<T> elements, Function<T, String> id, Function<T, List<String>> needs, Comparator<T> then) {
        Map<String, Set<String>> missing = new HashMap<>();
        Set<String> known = new HashSet<>(elements.stream().map(id).toList());
        PriorityQueue<T> ready = new PriorityQueue<>(then);
        List<T> waiting = new ArrayList<>();
        for (T element : elements) {
            Set<String> open = new HashSet<>(needs.apply(element));
            open.retainAll(known);
            missing.put(id.apply(element), open);
            (open.isEmpty() ? ready : waiting).add(element);
        }
        List<T> sorted = new ArrayList<>();
        while (!ready.isEmpty()) {
            T next = ready.remove();
            sorted.add(next);
            waiting.removeIf(element -> {
                Set<String> open = missing.get(id.apply(element));
                return open.remove(id.apply(next)) && open.isEmpty() && ready.add(element);
            });
        }
        return sorted;
    }
}
