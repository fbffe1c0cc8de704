package hokku.swarm.registry;

import at.favre.lib.crypto.bcrypt.BCrypt;

/// The file of a registry that says who may log in.
final class Htpasswd {
    /// A registry hashes at every request, of which a push has dozens, and the password is random: to hash it slowly would guard nothing.
    private static final int COST = BCrypt.MIN_COST;

    private Htpasswd() {}

    static String line(String username, String password) {
        return username + ":" + BCrypt.with(BCrypt.Version.VERSION_2A).hashToString(COST, password.toCharArray()) + "\n";
    }
}
