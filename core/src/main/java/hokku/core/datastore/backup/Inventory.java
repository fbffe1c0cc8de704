package hokku.core.datastore.backup;

import hokku.api.Service;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What is at a place of a service's backups.
final class Inventory {
    private static final Logger LOG = LoggerFactory.getLogger(Inventory.class);

    private Inventory() {}

    /// Two backups within one second would have one name.
    static String free(List<Target.Stored> all, Service service, Instant time, boolean encrypted) {
        Instant chosen = time;
        Set<Instant> taken = all.stream().flatMap(each -> Backup.time(service.datastore(), service.name(), each.name()).stream()).collect(Collectors.toSet());
        while (taken.contains(chosen)) {
            chosen = chosen.plusSeconds(1);
        }
        return Backup.fileName(service, chosen, encrypted);
    }

    /// Removes what a server that was killed left there: files that are not whole, and whole dumps that nothing was said of yet, which
    /// therefore never were backups.
    ///
    /// @param before what somebody else may still be writing is younger
    /// @return what was there before
    static List<Target.Stored> tidy(Target target, Service service, Instant before) throws IOException, InterruptedException {
        String prefix = Backup.prefix(service.datastore(), service.name());
        target.tidy(prefix, before);
        List<Target.Stored> all = target.list(prefix);
        Set<String> names = all.stream().map(Target.Stored::name).collect(Collectors.toSet());
        for (Target.Stored stored : all) {
            if (Backup.time(service.datastore(), service.name(), stored.name()).isPresent() && stored.written().isBefore(before)
                    && !names.contains(stored.name() + Backup.MANIFEST)) {
                target.delete(stored.name());
                LOG.warn("{} in {} was left over by a backup that did not come to its end, and is removed", stored.name(), target.text());
            }
        }
        return all;
    }

    /// What is at a place of a service's, the newest first. A removal that was cut in half leaves a description without a dump, which
    /// is still listed to the next removal.
    static List<Backup> described(Service service, Target target) throws IOException, InterruptedException {
        List<Backup> found = new ArrayList<>();
        for (Target.Stored stored : target.list(Backup.prefix(service.datastore(), service.name()))) {
            Optional<Backup> backup = stored.name().endsWith(Backup.MANIFEST) ? description(service, target, stored) : Optional.empty();
            backup.ifPresent(found::add);
        }
        found.sort(Comparator.comparing(Backup::file).reversed());
        return List.copyOf(found);
    }

    private static Optional<Backup> description(Service service, Target target, Target.Stored stored) throws IOException, InterruptedException {
        String file = stored.name().substring(0, stored.name().length() - Backup.MANIFEST.length());
        if (Backup.time(service.datastore(), service.name(), file).isEmpty() || stored.size() > Backup.MOST_MANIFEST) {
            return Optional.empty();
        }
        byte[] json;
        try (InputStream in = target.open(stored.name())) {
            json = in.readNBytes(Backup.MOST_MANIFEST);
        } catch (NoSuchFileException removed) {
            return Optional.empty();
        }
        try {
            Backup backup = Backup.fromJson(json);
            return Optional.of(backup).filter(each -> each.file().equals(file));
        } catch (IOException foreign) {
            LOG.warn("{} in {} describes no backup: {}", stored.name(), target.text(), foreign.getMessage());
            return Optional.empty();
        }
    }

    /// Those that are whole.
    static List<Backup> whole(Service service, Target target) throws IOException, InterruptedException {
        Map<String, Long> sizes = target.list(Backup.prefix(service.datastore(), service.name())).stream()
                .collect(Collectors.toMap(Target.Stored::name, Target.Stored::size));
        return described(service, target).stream().filter(each -> Optional.of(each.size()).equals(Optional.ofNullable(sizes.get(each.file())))).toList();
    }
}
