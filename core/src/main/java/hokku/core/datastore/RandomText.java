package hokku.core.datastore;

import java.security.SecureRandom;
import java.util.HexFormat;

/// Texts that nobody can guess.
final class RandomText {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int PASSWORD_BYTES = 16;
    private static final int MARK_BYTES = 3;

    private RandomText() {}

    /// A password of 32 letters and digits.
    static String password() {
        return hex(PASSWORD_BYTES);
    }

    /// What tells things of one service apart.
    static String mark() {
        return hex(MARK_BYTES);
    }

    private static String hex(int length) {
        byte[] bytes = new byte[length];
        RANDOM.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
