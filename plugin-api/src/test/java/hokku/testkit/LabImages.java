package hokku.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/// Images of this machine's own engine as files, each made once.
final class LabImages {
    private static final String MACHINE = "unix:///var/run/docker.sock";

    private final Path folder;
    private final Map<String, String> ids = new ConcurrentHashMap<>();
    private final ReentrantLock saving = new ReentrantLock();

    LabImages(Path folder) {
        this.folder = folder;
    }

    /// @throws IOException when this machine has no such image
    String id(String image) throws IOException {
        String known = ids.get(image);
        if (known == null) {
            known = Program.demand("docker", "-H", MACHINE, "image", "inspect", "--format", "{{.Id}}", image).strip();
            ids.put(image, known);
        }
        return known;
    }

    /// The image and its name.
    Path file(String image) throws IOException {
        Path file = folder.resolve(Integer.toHexString(image.hashCode()) + "-" + id(image).replace(':', '-') + ".tar");
        saving.lock();
        try {
            if (!Files.exists(file)) {
                Files.createDirectories(folder);
                Program.demand("docker", "-H", MACHINE, "save", "--output", file.toString(), image);
            }
            return file;
        } finally {
            saving.unlock();
        }
    }
}
