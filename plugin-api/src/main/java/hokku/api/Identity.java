package hokku.api;

/// Who asks: the name and fingerprint of the public key that opened the session, and what that key may do.
public record Identity(String name, String fingerprint, Access access) {
    /// The server itself: jobs, and repairs at its start.
    public static final Identity SERVER = new Identity("hokku", "", Access.ADMIN);

    public static Identity of(String name, String fingerprint, Access access) {
        return new Identity(name, fingerprint, access);
    }

    @Override
    public String toString() {
        return name;
    }
}
