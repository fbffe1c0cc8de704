package hokku.core.command;

import hokku.api.UserError;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// The flags that every command has: `--quiet`, `--force`, `--trace` and `--app APP`.
///
/// @param rest the words without them
record GlobalFlags(boolean quiet, boolean force, boolean trace, Optional<String> app, List<String> rest) {
    /// Takes the flags before the command's name.
    static GlobalFlags leading(List<String> words) {
        int end = 0;
        while (end < words.size() && isFlag(words.get(end))) {
            end += words.get(end).equals("--app") ? 2 : 1;
        }
        GlobalFlags found = within(words.subList(0, Math.min(end, words.size())), name -> false);
        return new GlobalFlags(found.quiet, found.force, found.trace, found.app, words.subList(Math.min(end, words.size()), words.size()));
    }

    /// Takes the flags from among a command's words, up to `--`. A flag that the command declares itself stays there, and counts too.
    static GlobalFlags within(List<String> words, Predicate<String> declared) {
        boolean quiet = false;
        boolean force = false;
        boolean trace = false;
        Optional<String> app = Optional.empty();
        List<String> rest = new ArrayList<>();
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (word.equals("--")) {
                rest.addAll(words.subList(i, words.size()));
                break;
            }
            quiet |= word.equals("--quiet");
            force |= word.equals("--force");
            trace |= word.equals("--trace");
            if (!isFlag(word) || declared.test(word.startsWith("--app=") ? "--app" : word)) {
                rest.add(word);
            } else if (word.startsWith("--app=")) {
                app = Optional.of(word.substring("--app=".length()));
            } else if (word.equals("--app")) {
                if (++i == words.size()) {
                    throw UserError.usage("The name of an app is missing after --app");
                }
                app = Optional.of(words.get(i));
            }
        }
        return new GlobalFlags(quiet, force, trace, app, List.copyOf(rest));
    }

    GlobalFlags withRest(List<String> words) {
        return new GlobalFlags(quiet, force, trace, app, words);
    }

    /// Both together; the words are the other's.
    GlobalFlags and(GlobalFlags other) {
        return new GlobalFlags(quiet || other.quiet, force || other.force, trace || other.trace, app.or(other::app), other.rest);
    }

    private static boolean isFlag(String word) {
        return word.equals("--quiet") || word.equals("--force") || word.equals("--trace") || word.equals("--app") || word.startsWith("--app=");
    }
}
