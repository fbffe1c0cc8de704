package hokku.api;

import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/// An immutable set of environment variables, in the order of their names.
///
/// Values may be secret: [#toString] shows names only. A value is any text without the NUL character.
public final class Env {
    public static final Env EMPTY = new Env(new TreeMap<>());

    private final SortedMap<EnvKey, String> values;

    private Env(SortedMap<EnvKey, String> values) {
        this.values = Collections.unmodifiableSortedMap(values);
    }

    /// @throws UserError when a name or value cannot be a variable
    public static Env of(Map<String, String> values) {
        TreeMap<EnvKey, String> checked = new TreeMap<>();
        values.forEach((key, value) -> checked.put(EnvKey.of(key), checked(key, value)));
        return new Env(checked);
    }

    public Optional<String> get(EnvKey key) {
        return Optional.ofNullable(values.get(key));
    }

    public Optional<String> get(String key) {
        return get(EnvKey.of(key));
    }

    public boolean isEmpty() {
        return values.isEmpty();
    }

    public SortedSet<EnvKey> keys() {
        return Collections.unmodifiableSortedSet(new java.util.TreeSet<>(values.keySet()));
    }

    public SortedMap<EnvKey, String> asMap() {
        return values;
    }

    public Env with(EnvKey key, String value) {
        TreeMap<EnvKey, String> copy = new TreeMap<>(values);
        copy.put(key, checked(key.value(), value));
        return new Env(copy);
    }

    public Env with(String key, String value) {
        return with(EnvKey.of(key), value);
    }

    public Env without(Collection<EnvKey> keys) {
        TreeMap<EnvKey, String> copy = new TreeMap<>(values);
        keys.forEach(copy::remove);
        return new Env(copy);
    }

    /// These variables, overridden by the given ones.
    public Env merge(Env stronger) {
        TreeMap<EnvKey, String> copy = new TreeMap<>(values);
        copy.putAll(stronger.values);
        return new Env(copy);
    }

    private static String checked(String key, String value) {
        if (value.indexOf('\0') >= 0) {
            throw new UserError("The value of " + key + " contains a NUL character, which no environment can hold");
        }
        return value;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Env env && values.equals(env.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return "Env" + values.keySet();
    }
}
