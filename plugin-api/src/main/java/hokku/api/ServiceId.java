package hokku.api;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Pattern;

/// What a service of a datastore is under the hood: it never changes and survives a rename.
public record ServiceId(String value) {
    private static final Pattern FORM = Pattern.compile("[0-9a-f]{16}");
    private static final SecureRandom RANDOM = new SecureRandom();

    public ServiceId {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException("not the id of a service: " + Text.quoted(value));
        }
    }

    public static ServiceId of(String value) {
        return new ServiceId(value);
    }

    public static ServiceId random() {
        byte[] bytes = new byte[8];
        RANDOM.nextBytes(bytes);
        return new ServiceId(HexFormat.of().formatHex(bytes));
    }

    @Override
    public String toString() {
        return value;
    }
}
