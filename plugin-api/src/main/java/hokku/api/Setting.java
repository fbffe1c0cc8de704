package hokku.api;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Something that a user can set: `<group>:set <app>|--global <key> <value>`, or `<group>:set-property` where `<group>:set` is something else.
///
/// Declared once with [Contributions#setting]; validation, `:set`, `:report`, JSON and masking follow from it.
/// Read it from an app with [App#value], or from the whole server with [Global#value]. Immutable.
///
/// @param <T> what its value is to the plugin
public final class Setting<T> {
    /// Where a setting can be set.
    public enum Scope { APP, GLOBAL, APP_AND_GLOBAL }

    /// What a change of the setting does to an app that runs.
    public enum Effect {
        /// Nothing: the next deploy heeds it.
        NEXT_DEPLOY,
        /// The app's route is made anew, at once.
        ROUTE,
        /// The app's containers are replaced, without downtime.
        ROLLOUT
    }

    private final String group;
    private final String key;
    private final Function<String, T> parser;
    private final Function<T, String> printer;
    private final Optional<T> initial;
    private final String help;
    private final Scope scope;
    private final Effect effect;
    private final boolean secret;

    private Setting(String group, String key, Function<String, T> parser, Function<T, String> printer, Optional<T> initial,
            String help, Scope scope, Effect effect, boolean secret) {
        this.group = group;
        this.key = key;
        this.parser = parser;
        this.printer = printer;
        this.initial = initial;
        this.help = help;
        this.scope = scope;
        this.effect = effect;
        this.secret = secret;
    }

    /// A setting of any type.
    ///
    /// @param parser makes the value from the user's text; throws [UserError] for text that is none, saying what is allowed
    /// @param printer makes text that the parser reads back
    public static <T> Setting<T> of(String group, String key, Function<String, T> parser, Function<T, String> printer) {
        return new Setting<>(group, key, parser, printer, Optional.empty(), "", Scope.APP_AND_GLOBAL, Effect.NEXT_DEPLOY, false);
    }

    public static Setting<String> text(String group, String key) {
        return of(group, key, text -> {
            if (text.codePoints().anyMatch(Character::isISOControl)) {
                throw new UserError("The value of " + key + " must be a single line without control characters");
            }
            return text;
        }, Function.identity());
    }

    /// `true` or `false`.
    public static Setting<Boolean> flag(String group, String key) {
        return of(group, key, text -> switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new UserError("Invalid value for " + key + ": " + Text.quoted(text) + ". Use true or false");
        }, String::valueOf);
    }

    /// A whole number within bounds, both included.
    public static Setting<Integer> number(String group, String key, int least, int most) {
        return of(group, key, text -> {
            if (text.matches("-?[0-9]{1,9}")) {
                int number = Integer.parseInt(text);
                if (number >= least && number <= most) {
                    return number;
                }
            }
            throw new UserError("Invalid value for %s: %s. Use a whole number from %d to %d".formatted(key, Text.quoted(text), least, most));
        }, String::valueOf);
    }

    /// A whole number of seconds, `0` or more.
    public static Setting<Duration> seconds(String group, String key) {
        Setting<Integer> number = number(group, key, 0, 7 * 24 * 3600);
        return of(group, key, text -> Duration.ofSeconds(number.parse(text)), value -> String.valueOf(value.toSeconds()));
    }

    /// One of the given words.
    public static Setting<String> choice(String group, String key, String... words) {
        List<String> allowed = List.of(words);
        return of(group, key, text -> {
            if (!allowed.contains(text)) {
                throw new UserError("Invalid value for %s: %s. Use one of: %s".formatted(key, Text.quoted(text), String.join(", ", allowed)));
            }
            return text;
        }, Function.identity());
    }

    /// Words separated by blanks or commas.
    public static Setting<List<String>> words(String group, String key, Function<String, String> check) {
        return of(group, key,
                text -> Arrays.stream(text.split("[\\s,]+")).filter(word -> !word.isEmpty()).map(check).toList(),
                value -> value.stream().collect(Collectors.joining(" ")));
    }

    public Setting<T> initially(T value) {
        return new Setting<>(group, key, parser, printer, Optional.of(value), help, scope, effect, secret);
    }

    public Setting<T> help(String text) {
        return new Setting<>(group, key, parser, printer, initial, text, scope, effect, secret);
    }

    public Setting<T> scope(Scope where) {
        return new Setting<>(group, key, parser, printer, initial, help, where, effect, secret);
    }

    public Setting<T> effect(Effect what) {
        return new Setting<>(group, key, parser, printer, initial, help, scope, what, secret);
    }

    /// Its value is masked wherever it would be shown.
    public Setting<T> secret() {
        return new Setting<>(group, key, parser, printer, initial, help, scope, effect, true);
    }

    /// The noun of its commands: `nginx` for `nginx:set`.
    public String group() {
        return group;
    }

    public String key() {
        return key;
    }

    /// Its name among all settings: `nginx.client-max-body-size`.
    public String name() {
        return group + "." + key;
    }

    public String help() {
        return help;
    }

    public Scope scope() {
        return scope;
    }

    public Effect effect() {
        return effect;
    }

    public boolean isSecret() {
        return secret;
    }

    /// What holds where nothing was set.
    public Optional<T> initial() {
        return initial;
    }

    /// @throws UserError when the text is no value of this setting; the message says what is allowed
    public T parse(String text) {
        return parser.apply(text);
    }

    public String print(T value) {
        return printer.apply(value);
    }

    @Override
    public String toString() {
        return name();
    }
}
