package hokku.core.datastore.backup;

import hokku.api.Service;
import hokku.api.UserError;
import hokku.core.state.Home;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Finds the place that a user names.
///
/// A folder of the server is one below `<home>/backups`, or below one that an administrator allowed: whoever may deploy an app may not
/// write wherever the server may.
final class Targets {
    private static final Pattern BUCKET = Pattern.compile("(?:s3://)?([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])((?:/[A-Za-z0-9!_.*'()=+@:-]+)*)/?");

    private final Home home;
    private final Supplier<List<Path>> allowed;
    private final S3Target.Patience patience;

    /// @param allowed the folders below which an administrator allows backups
    Targets(Home home, Supplier<List<Path>> allowed, S3Target.Patience patience) {
        this.home = home;
        this.allowed = allowed;
        this.patience = patience;
    }

    /// Where backups go when a user names no place.
    Notes.Place usual(Service service) {
        return new Notes.Place(home.backups().resolve(service.datastore()).resolve(service.name().value()).toString(), false);
    }

    /// @throws UserError when that is no place, or none that is allowed
    Target of(Notes.Place place, Notes notes) {
        String text = place.text();
        if (text.startsWith("/")) {
            return new FolderTarget(folder(text));
        }
        Matcher bucket = BUCKET.matcher(text);
        if (!bucket.matches() || List.of(text.split("/")).contains("..") || List.of(text.split("/")).contains(".")) {
            throw new UserError("Invalid place for backups: use the name of a bucket, s3://<bucket>/<folder>, or the absolute path of a folder");
        }
        if (notes.access().isEmpty() && !place.iam()) {
            throw new UserError("Provide AWS credentials or use the --use-iam flag: backup-auth sets them");
        }
        String inside = bucket.group(2);
        return new S3Target(bucket.group(1), inside.isEmpty() ? "" : inside.substring(1), place.iam() ? Optional.empty() : notes.access(), patience);
    }

    private Path folder(String text) {
        Path folder;
        try {
            folder = Path.of(text).normalize();
        } catch (InvalidPathException broken) {
            throw new UserError("Invalid place for backups: that is no path");
        }
        if (isWithin(folder, home.backups())) {
            return folder;
        }
        if (isWithin(folder, home.root()) || isWithin(home.root(), folder)) {
            throw new UserError("Backups do not go into the server's own files. Without any folder they go to " + home.backups());
        }
        if (allowed.get().stream().noneMatch(each -> isWithin(folder, each))) {
            throw new UserError(("Backups may not be written to %s. Leave the folder out, and they go to %s; or an administrator allows it:"
                    + " backups:set --global folders %s").formatted(folder, home.backups(), folder));
        }
        return folder;
    }

    /// Links are followed as far as there is something.
    private static boolean isWithin(Path folder, Path root) {
        return folder.startsWith(root.normalize()) && real(folder).startsWith(real(root.normalize()));
    }

    private static Path real(Path path) {
        try {
            if (Files.exists(path)) {
                return path.toRealPath();
            }
            // A link that leads nowhere yet leads somewhere once that is made.
            if (Files.isSymbolicLink(path)) {
                return Path.of("/nowhere");
            }
            Path parent = path.getParent();
            return parent == null ? path : real(parent).resolve(path.getFileName());
        } catch (IOException failed) {
            throw new UserError(UserError.FAILED, "The folder " + path + " cannot be looked at: " + failed.getMessage(), failed);
        }
    }
}
