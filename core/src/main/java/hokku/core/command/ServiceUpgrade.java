package hokku.core.command;

import hokku.api.Access;
import hokku.api.Service;
import hokku.api.spi.Session;
import hokku.core.command.DatastoreCommands.OfService;
import hokku.core.command.DatastoreCommands.Shared;
import hokku.core.datastore.Services;
import hokku.core.datastore.Upgrades;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/// `<datastore>:upgrade`.
@CommandLine.Command(description = "Bring a {} service to another version of its image, with its data")
final class ServiceUpgrade extends OfService {
    @Option(names = {"-i", "--image"}, paramLabel = "<image>", description = "Image to use, without its version")
    private String image;
    @Option(names = {"-I", "--image-version"}, paramLabel = "<version>", description = "Version of the image; the one that new services get without it")
    private String version;
    @Option(names = "--discard-former", description = "Remove the data from before the last upgrade, and do nothing else")
    private boolean discard;

    ServiceUpgrade(Shared shared) {
        super(shared, "upgrade");
    }

    @Override
    public Access access() {
        return Access.DEPLOY;
    }

    @Override
    public List<String> audited() {
        return List.of(name().value());
    }

    @Override
    public void run(Session session) throws InterruptedException {
        if (discard) {
            services().upgrades().discardFormer(datastore(), name());
            session.out().milestone("The data of " + name() + " from before its upgrade is removed");
            return;
        }
        Service before = services().get(datastore(), name());
        String usual = before.image().substring(0, before.image().length() - before.version().length() - 1);
        String wanted = ServiceDetails.checked(Optional.ofNullable(image).orElse(usual) + ":" + Optional.ofNullable(version).orElse(shared.version()));
        session.out().step("Upgrading " + name() + " from " + before.image() + " to " + wanted);
        Service after = services().upgrades().upgrade(datastore(), name(), wanted, session.out());
        after.setting(Upgrades.FORMER_VOLUME).ifPresent(volume -> session.out().detail("The former data is kept until: dokku "
                + datastore().name() + ":upgrade " + name() + " --discard-former"));
        session.out().milestone(Services.capitalized(datastore()) + " service " + name() + " is upgraded to " + after.image());
    }
}
