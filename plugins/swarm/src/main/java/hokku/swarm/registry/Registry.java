package hokku.swarm.registry;

import com.github.dockerjava.api.command.InspectImageResponse;
import com.github.dockerjava.api.exception.DockerClientException;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.AuthConfig;
import hokku.api.App;
import hokku.api.Apps;
import hokku.api.AppName;
import hokku.api.Engine;
import hokku.api.Output;
import hokku.api.UserError;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.Lock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Pushes images of releases from the server's engine to a registry, under the release's number.
final class Registry implements Publisher {
    private static final Logger LOG = LoggerFactory.getLogger(Registry.class);
    /// How long a registry may take over what is left of a layer: the engine tells nothing meanwhile.
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final Engine engine;
    private final Apps apps;
    private final Places places;
    private final PushedImages pushed;
    private final Lock pushing;

    /// @param pushing held during a push
    Registry(Engine engine, Apps apps, Places places, PushedImages pushed, Lock pushing) {
        this.engine = engine;
        this.apps = apps;
        this.places = places;
        this.pushed = pushed;
        this.pushing = pushing;
    }

    @Override
    public Published publish(App app, int release, String image, Output out) throws InterruptedException {
        try {
            Place place = places.of(app, out);
            InspectImageResponse found = inspect(app.name(), release, image);
            PushedImage wanted = new PushedImage(app.id(), place.repository(), place.own(), release, found.getId(), "");
            Optional<String> known = known(wanted, found);
            String digest = known.isPresent() ? known.get() : push(app, place, wanted, out);
            return new Published(place.repository().at(digest), place.login().map(Login::auth));
        } catch (CancellationException cut) {
            Thread.interrupted();
            InterruptedException cancelled = new InterruptedException("cancelled");
            cancelled.initCause(cut);
            throw cancelled;
        }
    }

    private InspectImageResponse inspect(AppName app, int release, String image) {
        try {
            return engine.client().inspectImageCmd(image).exec();
        } catch (NotFoundException gone) {
            throw new UserError(UserError.FAILED, "The image of release " + release + " of " + app + " is not on the engine any more. Build it again: ps:rebuild "
                    + app, gone);
        }
    }

    /// The digest of an image that is in its place already: it was pushed, and the engine still has both its names.
    private Optional<String> known(PushedImage wanted, InspectImageResponse found) {
        return pushed.find(wanted.app(), wanted.repository(), wanted.release())
                .filter(before -> before.isThere() && before.image().equals(wanted.image()))
                .filter(before -> wanted.repository().hasTag(list(found.getRepoTags()), wanted.tag())
                        && wanted.repository().hasDigest(list(found.getRepoDigests()), before.digest()))
                .map(PushedImage::digest);
    }

    private static List<String> list(List<String> names) {
        return Optional.ofNullable(names).orElse(List.of());
    }

    private String push(App app, Place place, PushedImage wanted, Output out) throws InterruptedException {
        demandOwnRepository(app, place.repository());
        pushing.lockInterruptibly();
        try {
            out.step("Pushing release " + wanted.release() + " of " + app.name() + " to " + place.repository());
            // Known before it is there: whatever cuts this off, the name is removed with the image.
            pushed.put(wanted);
            String digest = push(app, place, wanted, wanted.tag(), out);
            pushed.put(wanted.withDigest(digest));
            for (String extra : app.value(RegistrySettings.PUSH_EXTRA_TAGS).orElse(List.of())) {
                pushExtra(app, place, wanted, extra, out);
            }
            return digest;
        } finally {
            pushing.unlock();
        }
    }

    /// Its name on the engine goes at once: the next release takes it, and it would hold the image.
    private void pushExtra(App app, Place place, PushedImage wanted, String tag, Output out) throws InterruptedException {
        out.detail("Tag " + tag);
        try {
            push(app, place, wanted, tag, out);
        } finally {
            EngineNames.remove(engine, place.repository().tagged(tag));
        }
    }

    private String push(App app, Place place, PushedImage wanted, String tag, Output out) throws InterruptedException {
        String what = "Release " + wanted.release() + " of " + app.name() + " could not be pushed to " + place.repository();
        try (Push push = new Push(out)) {
            engine.client().tagImageCmd(wanted.image(), place.repository().name(), tag).exec();
            engine.client().pushImageCmd(place.repository().name()).withTag(tag)
                    .withAuthConfig(place.login().map(Login::auth).orElseGet(AuthConfig::new)).exec(push);
            Optional<String> refused = push.await(PATIENCE);
            if (refused.isPresent()) {
                throw PushFailure.of(place.server(), place.own(), what, refused.get());
            }
            out.detail(push.summary());
            return push.digest().or(() -> place.repository().digest(list(inspect(app.name(), wanted.release(), wanted.image()).getRepoDigests())))
                    .orElseThrow(() -> new UserError(what + ": the registry did not tell its digest. Push again"));
        } catch (DockerException | DockerClientException refused) {
            throw PushFailure.of(place.server(), place.own(), what, refused);
        } catch (IOException notClosed) {
            LOG.debug("A stream of the engine could not be closed", notClosed);
            throw new UserError(UserError.FAILED, what + ": " + notClosed.getMessage(), notClosed);
        }
    }

    /// Two apps in one repository would take each other's tags.
    private void demandOwnRepository(App app, Repository repository) {
        for (AppName name : apps.list()) {
            Optional<App> other = name.equals(app.name()) ? Optional.empty() : apps.find(name);
            if (other.isPresent() && RegistrySettings.path(other.get()).equals(repository.path())
                    && pushed.of(other.get().id()).stream().anyMatch(each -> each.repository().equals(repository))) {
                throw new UserError("The repository " + repository + " holds the images of " + name + " already. Give " + app.name()
                        + " its own: dokku registry:set " + app.name() + " image-repo <repository>");
            }
        }
    }
}
