package hokku.core.state;

import hokku.api.Service;
import hokku.api.ServiceId;
import hokku.api.ServiceName;
import hokku.api.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The services of datastores, a folder for each. A service is there once its file is, and gone once its folder is.
///
/// Safe for use by several threads; changes of one service do not overlap.
public final class ServiceFiles {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceFiles.class);
    private static final String FILE = "service.json";

    private final Home home;

    public ServiceFiles(Home home) {
        this.home = home;
    }

    /// Those of one datastore, by name. One whose file cannot be read is left out, and the log says so: it must not stand in the way of the others.
    public List<Service> list(String datastore) {
        TreeMap<ServiceName, Service> found = new TreeMap<>();
        for (Path folder : folders(home.services(datastore))) {
            try {
                ServiceName name = ServiceName.of(folder.getFileName().toString());
                find(datastore, name).ifPresent(service -> found.put(name, service));
            } catch (UserError unreadable) {
                LOG.error("The service in {} is left out: {}", folder, unreadable.getMessage());
            }
        }
        return List.copyOf(found.values());
    }

    /// Those of all datastores, also of some whose plugin is not there.
    public List<Service> all() {
        List<Service> all = new ArrayList<>();
        folders(home.services()).forEach(folder -> all.addAll(list(folder.getFileName().toString())));
        return all;
    }

    private static List<Path> folders(Path of) {
        if (!Files.isDirectory(of)) {
            return List.of();
        }
        try (Stream<Path> found = Files.list(of)) {
            return found.filter(Files::isDirectory).filter(folder -> !folder.getFileName().toString().startsWith(".")).sorted().toList();
        } catch (IOException failed) {
            throw new UserError(UserError.FAILED, "The folder " + of + " cannot be read: " + failed.getMessage(), failed);
        }
    }

    public Optional<Service> find(String datastore, ServiceName name) {
        Path file = home.service(datastore, name).resolve(FILE);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(StateJson.toService(datastore, name, StateJson.MAPPER.readTree(Files.readAllBytes(file))));
        } catch (IOException | RuntimeException broken) {
            throw new UserError(UserError.FAILED, "The file " + file + " cannot be read: " + broken.getMessage(), broken);
        }
    }

    public Optional<Service> find(String datastore, ServiceId id) {
        return list(datastore).stream().filter(service -> service.id().equals(id)).findFirst();
    }

    /// Writes a service, new or changed.
    public void store(Service service) throws IOException {
        Path folder = home.service(service.datastore(), service.name());
        Home.createPrivate(folder);
        AtomicFile.write(folder.resolve(FILE), StateJson.indented(StateJson.fromService(service)));
        AtomicFile.syncFolder(folder.getParent());
    }

    /// Gives a service another name, with all that is kept of it.
    public void rename(Service before, Service after) throws IOException {
        AtomicFile.move(home.service(before.datastore(), before.name()), home.service(after.datastore(), after.name()));
    }

    /// Forgets a service, with all that is kept of it in files.
    public void remove(Service service) throws IOException {
        Path folder = home.service(service.datastore(), service.name());
        Path trash = home.trash().resolve("service-" + service.id());
        Home.createPrivate(home.trash());
        AtomicFile.move(folder, trash);
        try (Stream<Path> files = Files.walk(trash)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /// The folder with what is kept of a service.
    public Path folder(Service service) {
        return home.service(service.datastore(), service.name());
    }
}
