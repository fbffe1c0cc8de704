package hokku.core.ssh;

import hokku.api.Access;
import hokku.api.Identity;
import hokku.api.UserError;
import hokku.core.state.AtomicFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The keys that may open sessions: a file with a line `name="alice",access="deploy" ssh-ed25519 AAAA… comment` for each.
///
/// A file that somebody else has changed is read again at the next question. A line that cannot be read lets nobody in.
/// Safe for use by several threads.
public final class AuthorizedKeys {
    private static final Logger LOG = LoggerFactory.getLogger(AuthorizedKeys.class);

    private final Path file;
    /// Guarded by this.
    private Content content = new Content(Optional.empty(), List.of());

    public AuthorizedKeys(Path file) {
        this.file = file;
    }

    /// In the order of the file.
    public synchronized List<AuthorizedKey> list() {
        return current().keys();
    }

    /// Who a key belongs to.
    public synchronized Optional<Identity> identify(String fingerprint) {
        return current().keys().stream().filter(key -> key.fingerprint().equals(fingerprint)).findFirst().map(AuthorizedKey::identity);
    }

    /// Adds a key.
    ///
    /// @param text the public key, as in a `.pub` file; options before it are dropped
    /// @throws UserError when it is not valid, too weak, or its name or itself is there already
    public synchronized AuthorizedKey add(String name, Access access, String text) {
        AuthorizedKey added = AuthorizedKey.of(name, access, text);
        List<AuthorizedKey> keys = current().keys();
        if (keys.stream().anyMatch(key -> key.name().equals(name))) {
            throw new UserError("Duplicate ssh key name");
        }
        if (keys.stream().anyMatch(key -> key.fingerprint().equals(added.fingerprint()))) {
            throw new UserError("Duplicate ssh public key specified");
        }
        List<Line> lines = new ArrayList<>(current().lines());
        lines.add(new Line(added.line(), Optional.of(added)));
        write(lines);
        return added;
    }

    /// Removes the keys that are wanted gone.
    ///
    /// @return the keys that were removed
    /// @throws UserError when no key with admin access would be left
    public synchronized List<AuthorizedKey> remove(Predicate<AuthorizedKey> unwanted) {
        List<AuthorizedKey> keys = current().keys();
        List<AuthorizedKey> removed = keys.stream().filter(unwanted).toList();
        if (removed.stream().anyMatch(AuthorizedKeys::isAdmin) && keys.stream().filter(unwanted.negate()).noneMatch(AuthorizedKeys::isAdmin)) {
            throw new UserError("The last key with admin access cannot be removed: nobody could add a key any more."
                    + " Add another one first: ssh-keys:add --access admin NAME < key.pub");
        }
        if (!removed.isEmpty()) {
            write(current().lines().stream().filter(line -> line.key().filter(unwanted).isEmpty()).toList());
        }
        return removed;
    }

    private static boolean isAdmin(AuthorizedKey key) {
        return key.access() == Access.ADMIN;
    }

    private void write(List<Line> lines) {
        StringBuilder text = new StringBuilder();
        lines.forEach(line -> text.append(line.text()).append('\n'));
        try {
            AtomicFile.write(file, text.toString());
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot write " + file, failed);
        }
    }

    private Content current() {
        Optional<Stamp> stamp = stamp();
        if (!stamp.equals(content.stamp())) {
            content = read(stamp);
        }
        return content;
    }

    private Optional<Stamp> stamp() {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return Optional.of(new Stamp(attributes.lastModifiedTime().toInstant().toString(), attributes.size(), String.valueOf(attributes.fileKey())));
        } catch (NoSuchFileException missing) {
            return Optional.empty();
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot read " + file, failed);
        }
    }

    private Content read(Optional<Stamp> stamp) {
        if (stamp.isEmpty()) {
            return new Content(stamp, List.of());
        }
        List<Line> lines = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(file)) {
                lines.add(new Line(line, parse(line, lines.size() + 1)));
            }
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot read " + file, failed);
        }
        return new Content(stamp, List.copyOf(lines));
    }

    private Optional<AuthorizedKey> parse(String line, int number) {
        if (line.isBlank() || line.stripLeading().startsWith("#")) {
            return Optional.empty();
        }
        try {
            return Optional.of(AuthorizedKey.parse(line));
        } catch (UserError wrong) {
            LOG.warn("{} line {} lets nobody in: {}", file, number, wrong.getMessage());
            return Optional.empty();
        }
    }

    /// What tells one state of the file from another.
    private record Stamp(String modified, long size, String inode) {}

    /// A line as it stands, and the key that it holds if it holds one.
    private record Line(String text, Optional<AuthorizedKey> key) {}

    private record Content(Optional<Stamp> stamp, List<Line> lines) {
        List<AuthorizedKey> keys() {
            return lines.stream().flatMap(line -> line.key().stream()).toList();
        }
    }
}
