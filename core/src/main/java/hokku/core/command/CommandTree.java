package hokku.core.command;

import hokku.api.Apps;
import hokku.api.UserError;
import hokku.api.spi.Command;
import hokku.core.plugin.Registry;
import hokku.core.plugin.Registry.Contribution;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import picocli.CommandLine;

/// The commands of a snapshot by name, and what help says about them.
final class CommandTree {
    private static final String CORE = "core";
    private static final String HELP = "Print the list of commands, or what one of them takes";
    private static final String VERSION = "Print the version of this server";
    private static final int NEAR = 3;
    private static final int SUGGESTED = 3;

    private final SortedMap<String, Contribution<Supplier<? extends Command>>> commands;

    /// @param apps what the commands that follow from settings and reports work on
    CommandTree(Registry registry, Apps apps) {
        SortedMap<String, Contribution<Supplier<? extends Command>>> all = new TreeMap<>(registry.commands());
        SettingCommands.derive(registry, apps).forEach((name, command) -> all.put(name, new Contribution<>(CORE, command)));
        this.commands = Collections.unmodifiableSortedMap(all);
    }

    Optional<Contribution<Supplier<? extends Command>>> find(String name) {
        return Optional.ofNullable(commands.get(name));
    }

    /// Whether there are commands `noun:…`.
    boolean isNoun(String noun) {
        return !below(noun).isEmpty();
    }

    /// What each command takes, sorted by name.
    List<Outline> outlines() {
        SortedMap<String, Outline> all = new TreeMap<>();
        commands.forEach((name, command) -> all.put(name, Outline.of(name, command.value())));
        all.put("help", Outline.plain("help", "help [COMMAND]", HELP));
        all.put("version", Outline.plain("version", "version", VERSION));
        return List.copyOf(all.values());
    }

    /// All commands with their descriptions.
    String help() {
        SortedMap<String, String> all = new TreeMap<>(descriptions(commands));
        all.put("help", HELP);
        all.put("version", VERSION);
        return "Usage: dokku [--quiet|--trace|--force|--app APP] COMMAND <app> [command-specific-options]\n\n"
                + "Type \"dokku COMMAND --help\" for a command's parameters, \"dokku NOUN:help\" for the commands of one noun.\n\n"
                + "Commands:\n\n" + table(all);
    }

    /// The commands of one noun, `apps` and `apps:…`.
    String help(String noun) {
        SortedMap<String, Contribution<Supplier<? extends Command>>> about = new TreeMap<>(below(noun));
        find(noun).ifPresent(command -> about.put(noun, command));
        return "Usage: dokku " + noun + "[:COMMAND]\n\nCommands:\n\n" + table(descriptions(about));
    }

    /// What is said when there is no such command.
    UserError unknown(String name) {
        StringBuilder text = new StringBuilder("`" + printable(name) + "` is not a dokku command.\n"
                + "See `dokku help` for a list of available commands.");
        List<String> near = nearest(name);
        if (!near.isEmpty()) {
            text.append("\nDid you mean ").append(String.join(" or ", near.stream().map(found -> "`" + found + "`").toList())).append('?');
        }
        return new UserError(text.toString());
    }

    private SortedMap<String, Contribution<Supplier<? extends Command>>> below(String noun) {
        return commands.subMap(noun + ":", noun + ";");
    }

    private static SortedMap<String, String> descriptions(SortedMap<String, Contribution<Supplier<? extends Command>>> of) {
        SortedMap<String, String> descriptions = new TreeMap<>();
        of.forEach((name, command) -> descriptions.put(name, description(command.value().get())));
        return descriptions;
    }

    /// Read from the annotation: to build the whole model of every command would take long.
    private static String description(Command command) {
        if (command instanceof DatastoreCommands.Derived derived) {
            return derived.description();
        }
        CommandLine.Command annotation = command.getClass().getAnnotation(CommandLine.Command.class);
        return annotation == null || annotation.description().length == 0 ? "" : annotation.description()[0];
    }

    private static String table(SortedMap<String, String> rows) {
        int width = rows.keySet().stream().mapToInt(String::length).max().orElse(0);
        StringBuilder table = new StringBuilder();
        rows.forEach((name, text) -> table.append(("    %-" + (width + 2) + "s%s").formatted(name, text).stripTrailing()).append('\n'));
        return table.toString().stripTrailing();
    }

    private List<String> nearest(String name) {
        return commands.keySet().stream()
                .map(candidate -> new Candidate(candidate, distance(name, candidate)))
                .filter(candidate -> candidate.distance() <= Math.min(NEAR, name.length() / 2))
                .sorted(Comparator.comparingInt(Candidate::distance).thenComparing(Candidate::name))
                .limit(SUGGESTED).map(Candidate::name).toList();
    }

    /// How many letters must be put in, left out, changed or swapped with their neighbour to get from one word to the other.
    private static int distance(String from, String to) {
        if (Math.abs(from.length() - to.length()) > NEAR) {
            return Integer.MAX_VALUE;
        }
        List<int[]> rows = new ArrayList<>();
        for (int i = 0; i <= from.length(); i++) {
            int[] row = new int[to.length() + 1];
            rows.add(row);
            for (int j = 0; j <= to.length(); j++) {
                if (i == 0 || j == 0) {
                    row[j] = i + j;
                    continue;
                }
                int changed = from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1;
                row[j] = Math.min(Math.min(rows.get(i - 1)[j] + 1, row[j - 1] + 1), rows.get(i - 1)[j - 1] + changed);
                if (i > 1 && j > 1 && from.charAt(i - 1) == to.charAt(j - 2) && from.charAt(i - 2) == to.charAt(j - 1)) {
                    row[j] = Math.min(row[j], rows.get(i - 2)[j - 2] + 1);
                }
            }
        }
        return rows.getLast()[to.length()];
    }

    private static String printable(String name) {
        return (name.length() > 80 ? name.substring(0, 80) + "…" : name).replaceAll("\\p{Cntrl}", "?");
    }

    private record Candidate(String name, int distance) {}
}
