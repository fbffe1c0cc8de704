package hokku.api;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Pattern;

/// What an app is under the hood: it never changes and survives a rename.
public record AppId(String value) {
    private static final Pattern FORM = Pattern.compile("[0-9a-f]{16}");
    private static final SecureRandom RANDOM = new SecureRandom();

    public AppId {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException("not an app id: " + Text.quoted(value));
        }
    }

    public static AppId of(String value) {
        return new AppId(value);
    }

    public static AppId random() {
        byte[] bytes = new byte[8];
        RANDOM.nextBytes(bytes);
        return new AppId(HexFormat.of().formatHex(bytes));
    }

    @Override
    public String toString() {
        return value;
    }
}
