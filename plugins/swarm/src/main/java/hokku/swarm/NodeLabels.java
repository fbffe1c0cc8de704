package hokku.swarm;

import hokku.api.UserError;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A change of a node's labels, as it was typed: `disk=ssd` sets one, `disk-` takes one away.
record NodeLabels(Map<String, String> set, Set<String> removed) {
    private static final Pattern SETTING = Pattern.compile("([A-Za-z0-9][A-Za-z0-9._/-]{0,62})=([A-Za-z0-9._/:@ -]{0,255})");
    private static final Pattern REMOVAL = Pattern.compile("([A-Za-z0-9](?:[A-Za-z0-9._/-]{0,61}[A-Za-z0-9._/])?)-");

    NodeLabels {
        set = Map.copyOf(set);
        removed = Set.copyOf(removed);
    }

    static NodeLabels of(List<String> words) {
        Map<String, String> set = new TreeMap<>();
        Set<String> removed = new TreeSet<>();
        for (String word : words) {
            Matcher setting = SETTING.matcher(word);
            Matcher removal = REMOVAL.matcher(word);
            if (setting.matches()) {
                set.put(setting.group(1), setting.group(2));
            } else if (removal.matches()) {
                removed.add(removal.group(1));
            } else {
                throw UserError.usage("Not a label: " + word + ". Use key=value to set one, key- to take it away");
            }
        }
        if (words.isEmpty()) {
            throw UserError.usage("No label was given. Use key=value to set one, key- to take it away");
        }
        return new NodeLabels(set, removed);
    }

    Map<String, String> applied(Map<String, String> before) {
        Map<String, String> after = new TreeMap<>(before);
        after.keySet().removeAll(removed);
        after.putAll(set);
        return after;
    }
}
