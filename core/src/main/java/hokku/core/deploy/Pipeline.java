package hokku.core.deploy;

import hokku.api.App;
import hokku.api.BuiltImage;
import hokku.api.Live;
import hokku.api.Output;
import hokku.api.Release;
import hokku.api.Source;
import hokku.api.SourceTree;
import hokku.api.UserError;
import hokku.api.hook.PostBuild;
import hokku.api.hook.PostRelease;
import hokku.api.hook.PreBuild;
import hokku.api.hook.PreRelease;
import hokku.api.spi.Builder;
import hokku.core.deploy.Stages.Stage;
import hokku.core.git.Push;
import hokku.core.plugin.Registry;
import hokku.core.plugin.Snapshots;
import hokku.core.state.Catalogue;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// A push, from its source to a live release: Source → BuiltImage → Release → Deployment → Live.
final class Pipeline {
    /// The files that a release captures, besides the ones whose path is a setting.
    private static final List<String> CAPTURED = List.of("CNAME", "CHECKS");

    private final Catalogue catalogue;
    private final AppLocks locks;
    private final Domains domains;
    private final Images images;
    private final Rollouts rollouts;
    private final FreeSpace space;
    private final FaultPoints faults;
    private final Clock clock;

    Pipeline(Catalogue catalogue, AppLocks locks, Domains domains, Images images, Rollouts rollouts, FreeSpace space, FaultPoints faults,
            Clock clock) {
        this.catalogue = catalogue;
        this.locks = locks;
        this.domains = domains;
        this.images = images;
        this.rollouts = rollouts;
        this.space = space;
        this.faults = faults;
        this.clock = clock;
    }

    Live deploy(Snapshots.Lease lease, Push push, int number, Stages stages, Output out) throws InterruptedException, IOException {
        stages.begin(Stage.BUILD);
        Registry registry = lease.registry();
        Hooks hooks = new Hooks(registry);
        App app = catalogue.get(push.app());
        SourceTree root = Sources.root(app, push.tree());
        Source source = hooks.before(PreBuild.class, source(app, push, root, number), out);
        Registry.Contribution<Builder> builder = BuilderChoice.of(registry, source);
        out.step("Building " + app.name() + " from " + builder.value().name());
        BuiltImage image = Failures.in(builder.plugin(), "build", () -> space.watched(() -> builder.value().build(source, out)));
        faults.reach(FaultPoints.Point.BUILT);
        hooks.after(PostBuild.class, image, out);
        stages.begin(Stage.RELEASE);
        try (AppLocks.Held _ = locks.hold(push.app())) {
            App before = catalogue.get(push.app());
            if (!before.id().equals(app.id())) {
                throw new UserError("App " + app.name() + " was destroyed while this was built, and there is another one of that name now."
                        + " Push again to deploy to that one");
            }
            // It may have been locked since this build began.
            DeployLock.demandOpen(before);
            out.step("Releasing " + app.name() + "...");
            Release release = hooks.before(PreRelease.class, release(before, image, push, root), out);
            try (Domains.Claim _ = domains.claim(before, domains.of(before, release))) {
                catalogue.journal(push.app()).release(release);
                faults.reach(FaultPoints.Point.RECORDED);
                hooks.after(PostRelease.class, release, out);
                App after = before.stopped() ? before.withStopped(false).withRevision(before.revision() + 1) : before;
                return rollouts.roll(lease, new Rollouts.Order(before, after, release, "push", push.by(), Optional.of(push)), stages, out);
            }
        }
    }

    private Source source(App app, Push push, SourceTree root, int number) throws IOException {
        return new Source(app, number, push.commit(), Sources.toBuild(app, root), app.runtimeEnv(), push.by(), clock.instant());
    }

    /// The app's variables are read now: what was set while the build ran is in the release.
    private Release release(App app, BuiltImage image, Push push, SourceTree root) throws IOException {
        Map<String, String> files = new TreeMap<>();
        for (String path : CAPTURED) {
            capture(root, path, files);
        }
        capture(root, app.value(CoreSettings.PROCFILE_PATH).orElseThrow(), files);
        capture(root, app.value(CoreSettings.APP_JSON_PATH).orElseThrow(), files);
        String tag = images.keep(app, image.source().number(), image.id());
        return new Release(app.name(), image.source().number(), image.id(), tag, image.builder(), app.env(), image.processes(),
                image.ports(), image.routed(), push.commit(), files, Map.of(), push.by().name(), image.source().at());
    }

    private static void capture(SourceTree tree, String path, Map<String, String> files) throws IOException {
        Optional<String> text = tree.readText(path);
        if (text.isPresent()) {
            files.put(path, text.get());
        }
    }
}
