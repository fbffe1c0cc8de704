package hokku.core.command;

import hokku.api.Access;
import hokku.api.AppName;
import hokku.api.Contributions;
import hokku.api.Plugin;
import hokku.api.PluginContext;
import hokku.api.spi.Session;
import hokku.core.deploy.FreeSpace;
import hokku.core.deploy.Housekeeping;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Mixin;
import picocli.CommandLine;

/// The command `cleanup`: does at once what the upkeep does by the day, and says what came of it.
public final class CleanupCommand implements Plugin {
    private final Housekeeping housekeeping;

    public CleanupCommand(Housekeeping housekeeping) {
        this.housekeeping = housekeeping;
    }

    @Override
    public void contribute(PluginContext context, Contributions to) {
        to.command(Cleanup::new);
    }

    @CommandLine.Command(name = "cleanup", description = "Remove images that no release needs and old builds, of an app or of all;"
            + " with all of them also what destroyed apps left")
    final class Cleanup extends OptionalAppCommand {
        @Mixin
        private final OutputFormat format = new OutputFormat();

        @Override
        public Access access() {
            return isNamed() ? Access.OPERATE : Access.ADMIN;
        }

        @Override
        public void run(Session session) throws InterruptedException {
            boolean json = format.isJson();
            if (!json) {
                session.out().step("Cleaning up...");
            }
            Housekeeping.Freed freed = isNamed() ? housekeeping.clean(name()) : housekeeping.cleanAll(false);
            if (json) {
                session.json(fields(freed));
            } else {
                tell(freed, session);
            }
            session.exit(freed.failed().isEmpty() ? 0 : 1);
        }

        private void tell(Housekeeping.Freed freed, Session session) {
            int files = freed.builds().files() + freed.trash().files();
            long bytes = freed.builds().bytes() + freed.trash().bytes();
            freed.images().forEach(image -> session.out().detail("Removed " + image));
            session.out().detail("Removed %d images, and %d files with %s".formatted(freed.images().size(), files, FreeSpace.words(bytes)));
            if (!freed.busy().isEmpty()) {
                session.out().detail("Left alone, since they are being deployed: "
                        + freed.busy().stream().map(AppName::value).collect(Collectors.joining(", ")));
            }
            housekeeping.disks().forEach(disk -> session.out().detail(disk.toString()));
            freed.failed().forEach((name, why) -> session.out().warn(name + ": " + why));
        }

        private Map<String, Object> fields(Housekeeping.Freed freed) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("images", freed.images());
            fields.put("files", freed.builds().files() + freed.trash().files());
            fields.put("bytes", freed.builds().bytes() + freed.trash().bytes());
            fields.put("busy", freed.busy());
            Map<String, String> failed = new LinkedHashMap<>();
            freed.failed().forEach((name, why) -> failed.put(name.value(), why));
            fields.put("failed", failed);
            fields.put("disks", housekeeping.disks().stream().map(disk -> {
                Map<String, Object> about = new LinkedHashMap<>();
                about.put("path", disk.path());
                about.put("free", disk.free());
                about.put("size", disk.size());
                return about;
            }).toList());
            return fields;
        }
    }
}
