package hokku.buildstep;

import hokku.api.Access;
import hokku.api.App;
import hokku.api.Apps;
import hokku.api.Json;
import hokku.api.Setting;
import hokku.api.SourceTree;
import hokku.api.UserError;
import hokku.api.spi.Session;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Says what would build what was pushed, and why.
@Command(name = "buildpacks:detect", description = "Say which buildpacks would build the app, and why",
        customSynopsis = "dokku buildpacks:detect [--branch <branch>] [--format stdout|json] <app>")
final class BuildpacksDetect extends BuildpacksCommand {
    /// The core's, which a deploy heeds before it asks any builder.
    private static final Setting<String> SELECTED = Setting.text("builder", "selected");
    private static final String DOCKERFILE = "Dockerfile";

    private final Json json;

    @Mixin
    private final Format format = new Format();

    @Option(names = "--branch", paramLabel = "<branch>", defaultValue = "", description = "Look at this branch instead of the one that is deployed")
    private String branch;

    BuildpacksDetect(Apps apps, Json json) {
        super(apps);
        this.json = json;
    }

    @Override
    public Access access() {
        return Access.READ;
    }

    @Override
    public void run(Session session) throws IOException {
        boolean asJson = format.isJson();
        Optional<String> wanted = Optional.of(branch).filter(name -> !name.isEmpty());
        SourceTree tree = apps().source(name(), wanted).orElseThrow(() -> new UserError(wanted.isPresent()
                ? "The repository of " + name() + " has no branch " + branch + ". Push it: git push <remote> " + branch
                : "Nothing of " + name() + " is deployed yet. Push it, or name a branch that was pushed with --branch"));
        App app = apps().get(name());
        BuildpackChoice choice = BuildpackChoice.of(app, app.runtimeEnv(), tree, json).orElseThrow(() -> new UserError(
                "No buildpack takes the source of " + name() + ". Add to it one of: " + Bundled.allWants()
                        + "; or name a buildpack: buildpacks:set " + name() + " <buildpack>"));
        if (asJson) {
            session.json(document(choice, tree));
            return;
        }
        session.out().step("Buildpacks of " + name() + wanted.map(name -> " on the branch " + name).orElse(""));
        for (Buildpack each : choice.buildpacks()) {
            session.print("       " + each.shown() + ": " + reason(choice, each, tree));
        }
        for (Bundled other : others(choice)) {
            session.out().detail("%s would do as well, by %s: buildpacks:set %s %s chooses it"
                    .formatted(other.name(), other.found(tree).orElseThrow(), name(), other.name()));
        }
        warnOfOtherBuilder(app, choice, tree, session);
    }

    private static String reason(BuildpackChoice choice, Buildpack each, SourceTree tree) throws IOException {
        if (choice.by().isPresent()) {
            return "named by " + choice.by().get();
        }
        return "detected by " + Bundled.find(each.text()).orElseThrow().found(tree).orElseThrow();
    }

    /// Nearly every source has a Procfile, so that one says nothing.
    private static List<Bundled> others(BuildpackChoice choice) {
        return choice.others().stream().filter(each -> !each.name().equals("procfile")).toList();
    }

    private static SequencedMap<String, Object> document(BuildpackChoice choice, SourceTree tree) throws IOException {
        SequencedMap<String, Object> document = new LinkedHashMap<>();
        document.put("buildpacks", choice.buildpacks().stream().map(Buildpack::shown).toList());
        document.put("named_by", choice.by().orElse(""));
        document.put("detected_by", choice.by().isPresent() ? "" : choice.bundled().getFirst().found(tree).orElseThrow());
        SequencedMap<String, String> others = new LinkedHashMap<>();
        for (Bundled other : others(choice)) {
            others.put(other.name(), other.found(tree).orElseThrow());
        }
        document.put("others", others);
        return document;
    }

    private void warnOfOtherBuilder(App app, BuildpackChoice choice, SourceTree tree, Session session) throws IOException {
        Optional<String> selected = app.value(SELECTED);
        if (selected.filter(builder -> !builder.equals(BuildstepBuilder.NAME)).isPresent()) {
            session.out().warn("The app is not built with buildpacks, but by " + selected.get() + ": builder:set says so");
        } else if (selected.isEmpty() && choice.by().isEmpty() && tree.read(DOCKERFILE).isPresent()) {
            session.out().warn("The source has a Dockerfile, which comes before what is only detected. buildpacks:set " + name() + " "
                    + choice.buildpacks().getFirst().text() + " makes the buildpack come first");
        }
    }
}
