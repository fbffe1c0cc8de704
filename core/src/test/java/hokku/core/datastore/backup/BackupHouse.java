package hokku.core.datastore.backup;

import hokku.api.Output;
import hokku.api.Service;
import hokku.api.ServiceId;
import hokku.api.ServiceName;
import hokku.api.UserError;
import hokku.api.spi.Datastore;
import hokku.core.plugin.TestPlugins;
import hokku.core.state.Home;
import hokku.core.state.ServiceFiles;
import hokku.testkit.FakeDatastore;
import hokku.testkit.RecordingOutput;
import hokku.testkit.SetClock;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/// Backups of a service in memory, with real files, and a clock that is set.
final class BackupHouse {
    static final ServiceName DB = ServiceName.of("db");
    static final Instant BEGIN = Instant.parse("2026-11-20T02:00:00Z");

    final FakeDatastore datastore = new FakeDatastore("postgres");
    final Held data = new Held();
    final RecordingOutput out = new RecordingOutput();
    final SetClock clock = new SetClock(BEGIN);
    final List<Path> allowed = new ArrayList<>();
    final TestPlugins plugins = new TestPlugins();
    final Home home;
    final ServiceFiles files;
    final Backups backups;
    final BackupSchedule schedule;

    BackupHouse(Path folder) throws IOException {
        home = new Home(folder.resolve("home"));
        home.create();
        files = new ServiceFiles(home);
        files.store(Service.create("postgres", DB, ServiceId.random(), "postgres:17", "v", "secret", BEGIN));
        S3Target.Patience patience = new S3Target.Patience(Duration.ofSeconds(2), Duration.ofSeconds(1), Duration.ofSeconds(3), 4, Duration.ofMillis(20));
        backups = new Backups(data, new Targets(home, () -> List.copyOf(allowed), patience), clock);
        schedule = new BackupSchedule(plugins, backups, clock);
        plugins.plugin("postgres").datastore(datastore);
        put("a", "1");
    }

    void put(String key, String value) {
        try {
            data.container.run(Datastore.Call.of("put", key, value), InputStream.nullInputStream(), OutputStream.nullOutputStream());
        } catch (InterruptedException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    Service service() {
        return data.get(datastore, DB);
    }

    Backups.Found make() throws InterruptedException {
        return make(Optional.empty());
    }

    Backups.Found make(Optional<String> place) throws InterruptedException {
        Backups.Found made = backups.make(datastore, DB, place, false, out);
        clock.forward(Duration.ofMinutes(1));
        return made;
    }

    List<String> names(Optional<String> place) throws InterruptedException {
        return backups.list(datastore, DB, place, false, out).stream().map(each -> each.backup().file()).toList();
    }

    /// The folder that backups go to without any other word.
    Path usual() {
        return home.backups().resolve("postgres").resolve("db");
    }

    static List<String> files(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(each -> each.getFileName().toString()).sorted().toList();
        }
    }

    /// The data of services, in a container in memory.
    final class Held implements ServiceData {
        final FakeDatastore.Container container = FakeDatastore.newContainer();
        final AtomicInteger scratches = new AtomicInteger();
        /// Put before the dump, to make it large.
        volatile byte[] noise = new byte[0];
        /// Called once the dump was written.
        volatile Runnable afterDump = () -> {};

        @Override
        public Service get(Datastore of, ServiceName name) {
            return files.find("postgres", name).orElseThrow(() -> new UserError("service " + name + " does not exist"));
        }

        @Override
        public Optional<Service> now(Service service) {
            return files.find("postgres", service.id());
        }

        @Override
        public List<Service> list(Datastore of) {
            return files.list("postgres");
        }

        @Override
        public Path folder(Service service) {
            return files.folder(service);
        }

        /// As the engine does, it says of a reader that went away no more than that the command was cancelled.
        @Override
        public void dump(Datastore of, Service service, OutputStream to) throws InterruptedException {
            try {
                for (int at = 0; at < noise.length; at += 8192) {
                    to.write(noise, at, Math.min(8192, noise.length - at));
                }
                if (noise.length == 0) {
                    datastore.dump(service, container, to);
                }
            } catch (IOException | UncheckedIOException gone) {
                throw new InterruptedException("the client is gone");
            }
            afterDump.run();
        }

        @Override
        public String verify(Datastore of, Service service, InputStream dump) {
            try {
                if (noise.length == 0) {
                    return datastore.verify(service, container, dump);
                }
                // As some do, it has seen enough before the end.
                return dump.readNBytes(1000).length + " bytes of noise";
            } catch (IOException broken) {
                throw new UncheckedIOException(broken);
            }
        }

        @Override
        public void restore(Datastore of, Service service, InputStream dump) throws InterruptedException {
            datastore.restore(service, container, dump);
            close(dump);
        }

        /// Some do.
        private static void close(InputStream dump) {
            try {
                dump.close();
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }

        @Override
        public Map<String, Long> contents(Datastore of, Service service) throws InterruptedException {
            return datastore.contents(service, container);
        }

        @Override
        public Scratch scratch(Datastore of, Service like, Output output) {
            FakeDatastore.Container own = FakeDatastore.newContainer();
            scratches.incrementAndGet();
            return new Scratch() {
                @Override
                public void restore(InputStream dump) throws InterruptedException {
                    if (noise.length == 0) {
                        datastore.restore(like, own, dump);
                    }
                }

                @Override
                public Map<String, Long> contents() throws InterruptedException {
                    return datastore.contents(like, own);
                }

                @Override
                public void close() {
                    scratches.decrementAndGet();
                }
            };
        }

        @Override
        public void removeScratches() {}
    }
}
